"""What could be wrong with a module: every small change of its source that this knows how to make.

Numbers, truths, names, comparisons, arithmetic, conditions, what is returned, what is raised, calls made for their
effect, and (of a module's own tables) the rows. Prose is left alone and counted: see `prose_of`.
"""

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Mutant:
    """One change. Without a `function` it is in what runs when the module is imported."""

    path: Path
    number: int  # of this change among those of the module
    line: int
    statement: int  # the line on which the innermost statement around it begins
    function: str  # the outermost function around it, by its qualified name, or ""
    change: str
    key: str  # the same as long as what is around it stays as it is, wherever that moves

    @property
    def name(self) -> str:
        return f"{self.path.name} {self.line}: {self.function or 'module'}: {self.change}"


@dataclass(frozen=True)
class _Site:
    node: ast.AST
    line: int
    around: ast.stmt  # the innermost statement
    whole: ast.AST  # the outermost function or, at import, the innermost statement
    function: str
    change: str
    made: _Change


@cache
def source_of(path: Path) -> str:
    """Read a module once: whoever edits it meanwhile does not change what is asked."""
    return path.read_text()


def mutants_of(path: Path) -> list[Mutant]:
    """Name every mutant of a module, in the order of its source."""
    sites = _sites(ast.parse(source_of(path)))
    met: Counter[str] = Counter()
    made = []
    for number, site in enumerate(sites):
        around = hashlib.sha256(ast.unparse(site.whole).encode()).hexdigest()[:12]
        key = f"{path.parent.name}/{path.name} {site.function} {around} {site.change}"
        met[key] += 1
        line, statement = site.line, site.around.lineno
        made.append(Mutant(path, number, line, statement, site.function, site.change, f"{key} {met[key]}"))
    return made


def prose_of(path: Path) -> list[str]:
    """Return the texts that are not asked: sentences for people, which mean the same in other words."""
    tree = ast.parse(source_of(path))
    said = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and _is_prose(node)]
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [str(node.value) for node in said if id(node) not in silent]


def mutated(mutant: Mutant) -> ast.Module:
    """Return the module's tree with the one change made."""
    tree = ast.parse(source_of(mutant.path))
    site = _sites(tree)[mutant.number]

    class Change(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is site.node:
                return ast.copy_location(site.made(node), node)
            return self.generic_visit(node)

    return ast.fix_missing_locations(Change().visit(tree))


def _sites(tree: ast.Module) -> list[_Site]:
    return [site for statement in tree.body for site in _of(statement, _Place("", "", statement, statement), tree)]


@dataclass(frozen=True)
class _Place:
    """Where the walk is."""

    scope: str
    function: str
    around: ast.stmt
    whole: ast.AST


def _walk(node: ast.AST, place: _Place) -> Iterator[_Site]:
    for child in ast.iter_child_nodes(node):
        yield from _of(child, place, node)


def _of(child: ast.AST, place: _Place, parent: ast.AST) -> Iterator[_Site]:
    if _is_port(child) or _is_annotation(parent, child) or _is_text(child) or _is_list_of_names(child):
        return
    if isinstance(child, ast.Constant) and _is_of_prose(parent):
        return
    if isinstance(child, ast.stmt):
        place = replace(place, around=child, whole=place.whole if place.function else child)
    if isinstance(child, _FUNCTIONS):
        yield from _of_function(child, place)
    elif isinstance(child, ast.ClassDef):
        yield from _walk(child, replace(place, scope=f"{place.scope}{child.name}."))
    else:
        for change, made in _changes(child, at_import=not place.function):
            yield _Site(child, child.lineno, place.around, place.whole, place.function, change, made)  # type: ignore[attr-defined]
        yield from _walk(child, place)


def _of_function(child: ast.AST, place: _Place) -> Iterator[_Site]:
    """Defaults are made at import; the rest belongs to the function."""
    inside = place if place.function else replace(place, function=f"{place.scope}{child.name}")  # type: ignore[attr-defined]
    for default in (*child.args.defaults, *(each for each in child.args.kw_defaults if each)):  # type: ignore[attr-defined]
        yield from _of(default, place, child)
    for statement in child.body:  # type: ignore[attr-defined]
        yield from _of(statement, inside, child)


def _is_port(node: ast.AST) -> bool:
    """Protocols have nothing that could be wrong."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases
    )


def _is_annotation(node: ast.AST, child: ast.AST) -> bool:
    return child is getattr(node, "annotation", None) or (
        isinstance(node, ast.TypeAlias) if hasattr(ast, "TypeAlias") else False
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_list_of_names(node: ast.AST) -> bool:
    """What a module offers to type checkers has no effect."""
    return isinstance(node, ast.Assign) and any(
        isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets
    )


def _is_of_prose(parent: ast.AST) -> bool:
    """Say whether a text with values in it is a sentence: then its small pieces are of it."""
    pieces = parent.values if isinstance(parent, ast.JoinedStr) else ()
    return any(isinstance(each, ast.Constant) and _is_prose(each) for each in pieces)


def _is_prose(node: ast.Constant) -> bool:
    """A sentence has spaces; a name, a key or a code has none."""
    return isinstance(node.value, str) and " " in node.value.strip()


def _changes(node: ast.AST, *, at_import: bool) -> Iterator[tuple[str, _Change]]:
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC and not _is_type(node, at_import):
        other = _ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} -> {other.__name__} in {_said(node)}", lambda made: _with(made, op=other())
    elif isinstance(node, ast.BoolOp):
        other_op = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield (
            f"{type(node.op).__name__} -> {other_op.__name__} in {_said(node)}",
            lambda made: _with(made, op=other_op()),
        )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"{_said(node)} -> {_said(node.operand)}", lambda made: made.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield f"not ({_said(node.test)})", lambda made: _with(made, test=ast.UnaryOp(ast.Not(), made.test))
    else:
        yield from _ends(node, at_import=at_import)
    if at_import and isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
        yield from _rows(node)


def _ends(node: ast.AST, *, at_import: bool) -> Iterator[tuple[str, _Change]]:
    """Answer nothing, or leave out what is done for its effect alone."""
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield f"{_said(node)} -> return None", lambda made: _with(made, value=ast.Constant(None))
    elif not at_import and _is_effect(node):
        yield f"without {_said(node)}", lambda _made: ast.Pass()


def _is_effect(node: ast.AST) -> bool:
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom)
    return called or isinstance(node, ast.Raise)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, _Change]]:
    for place, op in enumerate(node.ops):
        for other in _COMPARISONS[type(op)]:
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield (
                f"{type(op).__name__} -> {other.__name__} in {_said(node)}",
                lambda made, ops=ops: _with(made, ops=ops),
            )


def _constants(node: ast.Constant) -> Iterator[tuple[str, _Change]]:
    if isinstance(node.value, bool):
        yield f"{node.value} -> {not node.value}", lambda made: ast.Constant(not made.value)
    elif isinstance(node.value, int):
        yield f"{node.value} -> {node.value + 1}", lambda made: ast.Constant(made.value + 1)
    elif isinstance(node.value, str) and not _is_prose(node):
        yield f"{node.value!r} -> {node.value + '?'!r}", lambda made: ast.Constant(made.value + "?")


def _rows(node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> Iterator[tuple[str, _Change]]:
    """Take out each row of a table."""
    values = node.values if isinstance(node, ast.Dict) else node.elts
    for place, value in enumerate(values):
        yield f"without the row {_said(value)}", lambda made, place=place: _shorter(made, place)


def _shorter(node: ast.AST, place: int) -> ast.AST:
    if isinstance(node, ast.Dict):
        keys, values = list(node.keys), list(node.values)
        del keys[place], values[place]
        return _with(node, keys=keys, values=values)
    elts = list(node.elts)  # type: ignore[attr-defined]
    del elts[place]
    return _with(node, elts=elts)


def _with(node: ast.AST, **changed: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def _is_type(node: ast.BinOp | ast.AugAssign, at_import: bool) -> bool:
    """A union of types at the top of a module is no arithmetic."""
    return at_import and isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}..."
