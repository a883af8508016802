/** The possible mutations of a piece of TypeScript: the operators of the mutants. Each change is a word and a text. */

import ts from "typescript";

const K = ts.SyntaxKind;

const COMPARE = {
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
};
const ARITHMETIC = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "<<": ">>",
  ">>": "<<",
  "&": "|",
  "|": "&",
};
const LOGICAL = { "&&": "||", "||": "&&" };
const DROPPED_METHODS = new Set([
  ..."trim trimEnd trimStart toLowerCase toUpperCase replace replaceAll slice sort reverse filter flat subarray".split(
    " ",
  ),
  "normalize",
]);
const SWAPPED = {
  some: "every",
  every: "some",
  "Math.min": "Math.max",
  "Math.max": "Math.min",
  "Math.floor": "Math.ceil",
  "Math.ceil": "Math.floor",
};
const DROPPED_CALLS = new Set(["String", "Number", "Boolean", "BigInt"]);
const WORDING = /[A-Za-z,.:;]+ |[a-z]{2,}\.$| [A-Za-z]/;

/** Whether a text is meant for people: its wording is compared between the languages, and not mutated here. */
function isWording(text) {
  return WORDING.test(text);
}

/** The changes of an expression. */
export function expressionChanges(node) {
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text.replaceAll("_", ""));
    return [
      ["figure", String(value + 1)],
      ["figure", value === 0 ? "-1" : String(value - 1)],
    ];
  }
  if (node.kind === K.TrueKeyword || node.kind === K.FalseKeyword) {
    return [["boolean", node.kind === K.TrueKeyword ? "false" : "true"]];
  }
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return isWording(node.text) ? [] : [["text", JSON.stringify(`${node.text}x`)]];
  }
  if (node.kind === K.RegularExpressionLiteral) {
    return regularExpression(node.text);
  }
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.map((span) => ["value dropped from text", without(node, span.expression, '""')]);
  }
  if (ts.isBinaryExpression(node)) {
    return binary(node);
  }
  if (ts.isPrefixUnaryExpression(node) && (node.operator === K.ExclamationToken || node.operator === K.MinusToken)) {
    return [["sign dropped", node.operand.getText()]];
  }
  if (ts.isConditionalExpression(node)) {
    const [test, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map((each) => each.getText());
    return [["branches swapped", `${test} ? ${no} : ${yes}`]];
  }
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    return call(node);
  }
  if (ts.isArrayLiteralExpression(node) && !isPattern(node)) {
    const { elements } = node;
    return elements.length > 1 && elements.length <= 20 ? dropped(elements, "[", "]") : [];
  }
  if (ts.isObjectLiteralExpression(node) && !isPattern(node)) {
    return node.properties.length <= 20 ? dropped(node.properties, "{", "}") : [];
  }
  return negated(node);
}

function negated(node) {
  const { parent } = node;
  const isTest =
    ((ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) &&
      parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node && false);
  return isTest ? [["condition negated", `!(${node.getText()})`]] : [];
}

function isPattern(node) {
  let at = node;
  while (
    ts.isArrayLiteralExpression(at) ||
    ts.isObjectLiteralExpression(at) ||
    ts.isPropertyAssignment(at) ||
    ts.isParenthesizedExpression(at)
  ) {
    const { parent } = at;
    if (ts.isBinaryExpression(parent) && parent.left === at && parent.operatorToken.kind === K.EqualsToken) {
      return true;
    }
    at = parent;
  }
  return ts.isForOfStatement(at);
}

function dropped(elements, open, close) {
  const texts = elements.map((each) => each.getText());
  return texts.map((text, index) => {
    const rest = texts.filter((_each, place) => place !== index).join(", ");
    return ["entry dropped", `${open}${rest}${close} /* without ${text.replaceAll("*/", "* /").slice(0, 40)} */`];
  });
}

function without(node, part, instead) {
  const start = node.getStart();
  const text = node.getText();
  return text.slice(0, part.getStart() - start) + instead + text.slice(part.end - start);
}

function regularExpression(text) {
  const end = text.lastIndexOf("/");
  const [body, flags] = [text.slice(1, end), text.slice(end + 1)];
  const found = [];
  if (body.startsWith("^")) {
    found.push(["anchor dropped", `/${body.slice(1)}/${flags}`]);
  }
  if (body.endsWith("$") && !body.endsWith("\\$")) {
    found.push(["anchor dropped", `/${body.slice(0, -1)}/${flags}`]);
  }
  if (flags.includes("i")) {
    found.push(["flag dropped", `/${body}/${flags.replace("i", "")}`]);
  }
  return found.filter(([, regex]) => !regex.startsWith("//"));
}

function binary(node) {
  const operator = node.operatorToken.getText();
  const [left, right] = [node.left.getText(), node.right.getText()];
  const found = (COMPARE[operator] ?? []).map((other) => ["comparison", `${left} ${other} ${right}`]);
  if (operator in LOGICAL) {
    found.push(["boolean", `(${left}) ${LOGICAL[operator]} (${right})`]);
  }
  if (operator in LOGICAL || operator === "??") {
    found.push(["operand dropped", left], ["operand dropped", right]);
  }
  if (operator in ARITHMETIC) {
    if (operator === "+" && [node.left, node.right].some(isText)) {
      found.push(["operand dropped", left], ["operand dropped", right]);
    } else {
      found.push(["arithmetic", `${left} ${ARITHMETIC[operator]} ${right}`]);
    }
  }
  if (operator === "instanceof" || operator === "in") {
    found.push(["comparison", `!(${left} ${operator} ${right})`]);
  }
  return found;
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function call(node) {
  const found = [];
  const callee = node.expression;
  const given = [...(node.arguments ?? [])];
  const text = node.getText();
  if (given.length > 1) {
    const rest = given.slice(0, -1).map((each) => each.getText());
    const head = text.slice(0, given[0].getStart() - node.getStart());
    found.push(["argument dropped", `${head}${rest.join(", ")})`]);
  }
  if (!ts.isCallExpression(node) || ts.isOptionalChain(node)) {
    return [...found, ...negated(node)];
  }
  const rest = text.slice(callee.end - node.getStart());
  if (ts.isPropertyAccessExpression(callee)) {
    const name = callee.name.text;
    const whole = callee.getText();
    if (DROPPED_METHODS.has(name)) {
      found.push(["method dropped", callee.expression.getText()]);
    }
    if (whole in SWAPPED) {
      found.push(["function swapped", SWAPPED[whole] + rest]);
    } else if (Object.hasOwn(SWAPPED, name)) {
      found.push(["function swapped", `${callee.expression.getText()}.${SWAPPED[name]}${rest}`]);
    }
  } else if (ts.isIdentifier(callee) && DROPPED_CALLS.has(callee.text) && given.length === 1) {
    found.push(["function dropped", given[0].getText()]);
  }
  return [...found, ...negated(node)];
}

/** The changes of a statement. */
export function statementChanges(node) {
  if (ts.isExpressionStatement(node)) {
    return isEffect(node.expression) ? [["statement removed", ""]] : [];
  }
  if (ts.isThrowStatement(node)) {
    return [["statement removed", ""], ...anotherError(node)];
  }
  if (ts.isReturnStatement(node) && node.expression !== undefined) {
    const nothing = ["null", "undefined"].includes(node.expression.getText());
    return nothing ? [] : [["nothing returned", "return undefined;"]];
  }
  if (ts.isContinueStatement(node) && node.label === undefined) {
    return [["loop left", "break;"]];
  }
  if (ts.isBreakStatement(node) && node.label === undefined && !inSwitch(node)) {
    return [["loop not left", ""]];
  }
  return [];
}

function isEffect(expression) {
  if (ts.isBinaryExpression(expression)) {
    const isAssigned =
      expression.operatorToken.kind >= K.FirstAssignment && expression.operatorToken.kind <= K.LastAssignment;
    return isAssigned && (expression.operatorToken.kind !== K.EqualsToken || !ts.isIdentifier(expression.left));
  }
  if (ts.isCallExpression(expression) && expression.expression.kind === K.SuperKeyword) {
    return false;
  }
  return (
    ts.isCallExpression(expression) ||
    ts.isAwaitExpression(expression) ||
    ts.isYieldExpression(expression) ||
    ts.isPostfixUnaryExpression(expression) ||
    ts.isPrefixUnaryExpression(expression) ||
    ts.isDeleteExpression(expression)
  );
}

function anotherError(node) {
  const thrown = node.expression;
  if (!ts.isNewExpression(thrown) || !/^SegOps\w+/.test(thrown.expression.getText())) {
    return [];
  }
  return [["another exception", `throw new Error(${thrown.arguments?.[0]?.getText() ?? ""});`]];
}

function inSwitch(node) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isIterationStatement(at, false)) {
      return false;
    }
    if (ts.isSwitchStatement(at)) {
      return true;
    }
  }
  return false;
}
