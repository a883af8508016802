"""The scripts that have bash, zsh, fish and PowerShell ask ``completion`` for words."""

from __future__ import annotations

from .failures import UsageError

__all__ = ["SCRIPTS", "script"]

_BASH = r"""# bash completion for segops-admin. In ~/.bashrc:  source <(segops-admin completion bash)
_segops_admin() {
    local text=${COMP_LINE:0:COMP_POINT} word="" quote="" c i some="" cut=0 skip="" line name file
    local -a words=()
    # Readline takes words apart at "=", ":" and redirections; here they are read as the shell will read them.
    for ((i = 0; i < ${#text}; i++)); do
        c=${text:i:1}
        if [[ -n $quote ]]; then
            if [[ $c == "$quote" ]]; then
                quote=""
            elif [[ $c == \\ && $quote == '"' ]]; then
                ((i++))
                word+=${text:i:1}
            else
                word+=$c
            fi
        elif [[ $c == \' || $c == '"' ]]; then
            quote=$c some=1 cut=${#word}
        elif [[ $c == \\ ]]; then
            ((i++))
            word+=${text:i:1}
        elif [[ $c == [[:space:]] ]]; then
            [[ -n $word || -n $some ]] && words+=("$word")
            word="" some=""
        else
            word+=$c
        fi
    done
    words+=("$word")
    # What Readline leaves as it is: up to the quote that is open, or to the last of its breaks.
    if [[ -z $quote ]]; then
        cut=0
        for ((i = 0; i < ${#word}; i++)); do
            c=${word:i:1}
            [[ $c == [=:] && $COMP_WORDBREAKS == *"$c"* ]] && cut=$((i + 1))
        done
    fi
    local -a asked=()
    for word in "${words[@]:1}"; do
        if [[ -n $skip ]]; then
            skip=""
        elif [[ $word =~ ^[0-9]*(\<|\>|\>\>|\>\&|\<\<\<)$ ]]; then
            skip=1
        elif [[ ! $word =~ ^[0-9]*[\<\>] ]]; then
            asked+=("$word")
            continue
        fi
        [[ $word == *[\<\>]* ]] && file=${word##*[\<\>]} || file=$word
    done
    COMPREPLY=()
    if [[ -n $skip || $word =~ ^[0-9]*[\<\>] || ${words[${#words[@]} - 2]} =~ ^[0-9]*[\<\>]+$ ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "${word##*[<>&]}")
        return
    fi
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o filenames 2>/dev/null
            file=$word
            [[ $word == --*=* ]] && file=${word#*=}
            i=$((cut - (${#word} - ${#file})))
            while IFS= read -r name; do COMPREPLY+=("${name:i > 0 ? i : 0}"); done < <(compgen -f -- "$file")
            continue
        fi
        name=${line%%$'\t'*}
        [[ $name == *= ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("${name:cut}")
    done < <("$1" __complete "${asked[@]}" 2>/dev/null)
}
complete -F _segops_admin segops-admin
"""

_ZSH = r"""#compdef segops-admin
# zsh completion for segops-admin. In ~/.zshrc, after compinit:  source <(segops-admin completion zsh)
_segops_admin() {
    local line word
    local -a flags plain
    for line in "${(@f)$(${(Q)words[1]} __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        word=${line%%$'\t'*}
        if [[ $line == :files ]]; then
            [[ $PREFIX == --*=* ]] && compset -P '*='
            _files
        elif [[ $word == *= ]]; then
            flags+=("${word//:/\\:}:${line#*$'\t'}")
        elif [[ -n $word ]]; then
            plain+=("${word//:/\\:}:${line#*$'\t'}")
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
"""

_FISH = r"""# fish completion for segops-admin. In ~/.config/fish/config.fish:  segops-admin completion fish | source
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
"""

_POWERSHELL = r"""# PowerShell completion for segops-admin. In $PROFILE:
#     segops-admin completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName segops-admin -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $words = @($elements | Select-Object -Skip 1 | ForEach-Object {
        $isText = $_ -is [System.Management.Automation.Language.StringConstantExpressionAst]
        if ($isText) { $_.Value } else { $_.Extent.Text }
    })
    if ($wordToComplete -eq '') { $words += '' }
    $program = $commandAst.CommandElements[0].Extent.Text
    & $program __complete @words 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if ($word -eq ':files') {
            $flag = if ($wordToComplete -match '^--[^=]*=') { $Matches[0] } else { '' }
            $path = $wordToComplete.Substring($flag.Length)
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($path) | ForEach-Object {
                $text = $flag + $_.CompletionText
                [System.Management.Automation.CompletionResult]::new($text, $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
        } else {
            $tip = if ($about) { $about } else { $word }
            [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $tip)
        }
    }
}
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}


def script(shell: str) -> str:
    """The script for a shell.

    Raises:
        UsageError: there is none for it.
    """
    if shell not in SCRIPTS:
        raise UsageError(f"there is no completion for {shell!r}.", f"There is for {', '.join(SCRIPTS)}.")
    return SCRIPTS[shell]
