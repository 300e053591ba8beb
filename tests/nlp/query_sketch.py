"""A query's tree on one line, for tables of cases."""

from __future__ import annotations

from data.types import AllOf, AnyOf, Condition, Measure, Near, Not, Phrase, QueryNode, SaidBy, Term, Within


def sketch(node: QueryNode | None) -> str:
    """As in ``(and customer(near/5 cancel* [my contract]) channel=voice)``; a phrase is in square brackets."""
    if node is None:
        return "everything"
    match node:
        case Term(text=text, prefix=prefix):
            return text + "*" * prefix
        case Phrase(text=text):
            return f"[{text}]"
        case Near():
            sides = (" | ".join(map(sketch, side)) for side in (node.left, node.right))
            return f"({'before' if node.in_order else 'near'}/{node.distance} {', '.join(sides)})"
        case SaidBy(role=role, node=child):
            return f"{role}({sketch(child)})"
        case Within(amount=amount, node=child):
            return f"{node.edge}:{amount:g}{'s' if node.unit == 'seconds' else '%'}({sketch(child)})"
        case Not(node=child):
            return f"(not {sketch(child)})"
        case AllOf(nodes=nodes) | AnyOf(nodes=nodes):
            return f"({'and' if isinstance(node, AllOf) else 'or'} {' '.join(map(sketch, nodes))})"
        case _:
            return _fact(node)


def _fact(node: QueryNode) -> str:
    match node:
        case Condition(field=field, operator=operator, value=value):
            return f"{field}{operator}{value}"
        case Measure(metric=metric, role=role, operator=operator, value=number):
            return f"{metric}{f'.{role}' if role else ''}{operator}{number:g}"
        case _:
            raise TypeError(type(node).__name__)
