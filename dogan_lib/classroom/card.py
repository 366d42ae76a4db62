"""What chapters tell of a shipped generator before they draw from it."""

from dogan_lib.generator import Generator


def described(generator: Generator) -> str:
    """The card as a student reads it: data, budget, recipe, scores and their floor."""
    card, model = generator.card, generator.model
    lines = [f"{card.get('name', model.name)}: {model.count_params():,} parameters"]
    if not {"recipe", "pictures_seen", "data"} <= set(card):
        return f"{lines[0]}; no card says how it was trained"
    # With those of the networks that it started from, so that no number of epochs goes with them.
    lines = [f"{lines[0]}, {card['pictures_seen']:,} pictures seen, of {card['data']}"]
    lines += [f"  · {part}" for part in card["recipe"]]
    if scores := card.get("scores"):
        against = f"{scores['n']:,} pictures against {scores['reference']}"
        lines.append(f"  {scores['network']}, {against}:")
        for kind, value in scores["generated"].items():
            lines.append(f"    {kind:<6}{value:8.4g}   floor{scores['real'][kind]:8.2g}")
    return "\n".join(lines)
