import { basename } from "node:path";
import type { Node, Tree } from "web-tree-sitter";
import { anyType, type Declaration, isGlobal, lookUp } from "./declarations.js";
import type { AddCall, Findings, FoundResolver } from "./find.js";
import { includedHeaders } from "./include.js";
import { ancestors, enclosing, nodesOfType } from "./parse.js";
import { isTemplateParameter, type ResolverType } from "./resolver-type.js";

/**
 * One resolver per object as far as the sources show it: an `extern` declaration is its object in the other file, and
 * a parameter is the one object that its function is called with. Then every N is looked up.
 */
export function unite(findings: Findings): FoundResolver[] {
  const united = new Map<Declaration, Declaration[]>();
  for (const declaration of findings.declarations) {
    const passed = passedObjects(declaration, findings);
    if (declaration.type === anyType && passed.length !== 1) continue;
    const home = externObject(declaration, findings) ?? (passed.length === 1 ? passed[0]! : declaration);
    united.set(home, [...(united.get(home) ?? []), declaration]);
  }
  return [...united].map(([home, names]) => describe(home, names, findings));
}

function describe(home: Declaration, names: Declaration[], findings: Findings): FoundResolver {
  const calls = names.flatMap((name) => findings.calls.get(name) ?? []);
  const called = names.find((name) => (findings.calls.get(name)?.length ?? 0) > 0);
  const declaration = called ?? home;
  return {
    declaration,
    names: [...new Set(names.map(({ name }) => name))],
    calls,
    ...sizesOf(declaration, names, calls, findings),
  };
}

/** The object behind an `extern` declaration in a header or above a function. */
function externObject(declaration: Declaration, { declarations }: Findings): Declaration | undefined {
  if (declaration.isObject || !isGlobal(declaration)) return undefined;
  const objects = declarations.filter(
    (other) => other.isObject && isGlobal(other) && other.name === declaration.name,
  );
  return objects.length === 1 ? objects[0] : undefined;
}

/** The objects that the function of a parameter is called with, as far as their type fits it. */
function passedObjects({ place, node, type }: Declaration, { files, declarations }: Findings): Declaration[] {
  if (place !== "parameter") return [];
  const name = functionName(enclosing(node, ["function_declarator"]));
  if (name === undefined) return [];
  const calls = files.flatMap(({ root }) => nodesOfType(root, "call_expression"));
  const objects = calls
    .filter((call) => lastName(call.childForFieldName("function")) === name)
    .flatMap((call) => call.childForFieldName("arguments")?.namedChildren ?? [])
    .map((argument) => argument && lookUp(declarations, files, lastName(argument) ?? "", argument))
    .filter((declaration) => declaration?.isObject && fits(type, declaration.type));
  return [...new Set(objects as Declaration[])];
}

/** All objects that the declaration may stand for: those that are passed, else those of its type. */
function objectsOf(declaration: Declaration, findings: Findings): Declaration[] {
  const passed = passedObjects(declaration, findings);
  if (passed.length > 0) return passed;
  const { type } = declaration;
  return findings.declarations.filter((other) => other.isObject && fits(type, other.type));
}

/** Whether a reference of type `wanted` may stand for an object of type `given`: N is the same, or open. */
function fits(wanted: ResolverType, given: ResolverType): boolean {
  if (wanted === anyType) return true;
  const isOpen = wanted.sizes.some(isTemplateParameter);
  const texts = wanted.sizes.map((size) => size.text);
  return wanted.kind === given.kind && (isOpen || given.sizes.some((size) => texts.includes(size.text)));
}

function functionName(declarator: Node | undefined): string | undefined {
  return lastName(declarator?.childForFieldName("declarator") ?? null);
}

/** `RegisterOps` of `RegisterOps`, `nn::RegisterOps` and `app.RegisterOps`; `ops` of `&ops`. */
function lastName(node: Node | null): string | undefined {
  const name = node?.type === "template_function" ? node.childForFieldName("name") : node;
  return name?.text.match(/\w+$/)?.[0];
}

type Sizes = Pick<FoundResolver, "sizes" | "sizeUnknown" | "objects">;

/**
 * Every N that is this resolver's: in the files that name it, in the one file that holds its object if these do not, and
 * in the headers that they include.
 */
function sizesOf(
  declaration: Declaration,
  names: Declaration[],
  calls: readonly AddCall[],
  findings: Findings,
): Sizes {
  if (declaration.type.kind === "all-ops") return { sizes: [], objects: 1 };
  const { files, types } = findings;
  const objects = objectsOf(declaration, findings);
  const isGeneric = declaration.type.sizes.some(isTemplateParameter);
  const own = (isGeneric ? objects : names).flatMap(({ type }) => type.sizes);
  const texts = new Set(own.filter((size) => !isTemplateParameter(size)).map((size) => size.text));
  const linked = new Set<Tree>([
    ...names.map(({ node }) => node.tree),
    ...calls.map(({ call }) => call.tree),
    ...(isGeneric ? [] : own.map((size) => size.tree)),
  ]);
  const isHere =
    objects.some(({ node }) => linked.has(node.tree)) ||
    own.some((size) => isInAlias(size)) ||
    types.sizes.some((size) => linked.has(size.tree) && texts.has(size.text) && isMade(size));
  const elsewhere = new Set(objects.map(({ node }) => node.tree));
  if (isGeneric && objects.length > 1) {
    return { sizes: [], objects: 0, sizeUnknown: "may stand for several resolvers" };
  }
  if (!isHere && elsewhere.size !== 1) {
    const where = elsewhere.size === 0 ? "whose object is in another file" : "that several files hold";
    return { sizes: [], objects: 0, sizeUnknown: `refers to a resolver ${where}` };
  }
  for (const { type, node } of isHere ? [] : objects)
    for (const at of [node, ...type.sizes]) linked.add(at.tree);
  for (const header of includedBy(linked, files)) linked.add(header);
  const sizes = types.sizes.filter((size) => linked.has(size.tree) && texts.has(size.text));
  return {
    sizes: sizes.filter((size) => !isTemplateParameter(size)),
    objects: findings.declarations.filter(
      ({ isObject, node, type }) =>
        isObject && linked.has(node.tree) && type.sizes.some((size) => texts.has(size.text)),
    ).length,
  };
}

/** The trees of the project's headers that the linked files include by name. */
function includedBy(linked: ReadonlySet<Tree>, files: Findings["files"]): Tree[] {
  const included = new Set(
    files
      .filter(({ root }) => linked.has(root.tree))
      .flatMap(({ root }) => [...includedHeaders(root)])
      .map((header) => basename(header.slice(1, -1))),
  );
  return files.filter(({ path }) => included.has(basename(path))).map(({ root }) => root.tree);
}

function isInAlias(size: Node): boolean {
  return [...ancestors(size)].some(({ type }) => type === "alias_declaration" || type === "type_definition");
}

/** `new MicroMutableOpResolver<5>()`, `std::make_unique<MicroMutableOpResolver<5>>()`: an object without a declaration. */
function isMade(size: Node): boolean {
  return [...ancestors(size)].some(
    (at) =>
      at.type === "new_expression" ||
      (at.type === "template_function" && /^make_/.test(at.childForFieldName("name")?.text ?? "")),
  );
}
