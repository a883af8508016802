/** The scripts that have bash, zsh and fish ask `completion` for words. */

import { quote } from "../errors/text.js";
import { UsageError } from "./failures.js";

const BASH = `# bash completion for segops-admin. In ~/.bashrc:  source <(segops-admin completion bash)
_segops_admin() {
    local -a words=()
    local i last cur line word
    # Readline takes --key=value apart at "="; put it together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        last=$((\${#words[@]} - 1))
        if ((last >= 0)) && { [[ \${COMP_WORDS[i]} == "=" ]] || [[ \${COMP_WORDS[i - 1]} == "=" ]]; } &&
            [[ \${words[last]} == --* ]]; then
            words[last]+=\${COMP_WORDS[i]}
        else
            words+=("\${COMP_WORDS[i]}")
        fi
    done
    cur=\${COMP_WORDS[COMP_CWORD]}
    [[ $cur == "=" ]] && cur=
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
            continue
        fi
        word=\${line%%$'\\t'*}
        [[ $word == *= ]] && compopt -o nospace 2>/dev/null
        # What stands before "=" is on the line already.
        [[ \${words[\${#words[@]} - 1]} == --*=* && $COMP_WORDBREAKS == *"="* ]] && word=\${word#*=}
        COMPREPLY+=("$word")
    done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
}
complete -F _segops_admin segops-admin
`;

const ZSH = `#compdef segops-admin
# zsh completion for segops-admin. In ~/.zshrc, after compinit:  source <(segops-admin completion zsh)
_segops_admin() {
    local line word
    local -a flags plain
    for line in "\${(@f)$(\${(Q)words[1]} __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        word=\${line%%$'\\t'*}
        if [[ $line == :files ]]; then
            [[ $PREFIX == --*=* ]] && compset -P '*='
            _files
        elif [[ $word == *= ]]; then
            flags+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
        elif [[ -n $word ]]; then
            plain+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
        fi
    done
    (( $#flags )) && _describe -t flags flag flags -S ''
    (( $#plain )) && _describe -t words word plain
    return 0
}
if [[ $funcstack[1] == _segops_admin ]]; then
    _segops_admin "$@"
else
    compdef _segops_admin segops-admin
fi
`;

const FISH = `# fish completion for segops-admin. In ~/.config/fish/config.fish:  segops-admin completion fish | source
function __segops_admin_complete
    set -l before (commandline -opc)
    set -l token (commandline -ct)
    for line in ($before[1] __complete $before[2..-1] $token 2>/dev/null)
        if test "$line" != :files
            echo $line
        else if string match -q -- '--*=*' $token
            set -l flag (string replace -r '=.*' '=' -- $token)
            for file in (__fish_complete_path (string replace -r '^[^=]*=' '' -- $token))
                echo $flag$file
            end
        else
            __fish_complete_path $token
        end
    end
end
complete -c segops-admin -f -a '(__segops_admin_complete)'
`;

export const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
]);

/**
 * The script for a shell.
 *
 * @throws {UsageError} there is none for it
 */
export function script(shell: string): string {
  const found = SCRIPTS.get(shell);
  if (found === undefined) {
    const known = [...SCRIPTS.keys()].join(", ");
    throw new UsageError(`there is no completion for ${quote(shell)}.`, `There is for ${known}.`);
  }
  return found;
}
