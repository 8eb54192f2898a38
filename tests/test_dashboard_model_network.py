"""Networks on the Model page: which cards there are, what they hold, and the test track's menu."""

from dataclasses import replace

import pandas as pd
import pytest
from shared_tiny import shared_tiny_results
from tiny_network_analyses import MODEL, RUN, TRACKS

from dashboard.pages import model_cards, model_network, model_sections, model_worth
from dashboard.query import read_choice
from dashboard.state import Results
from pipeline.artifacts.analysis import ANALYSES

FAULTS = "new-artist-faults-removed"
FOREST = "gtzan.features_3s.random_forest"
NETWORK_CARDS = [card for section in model_cards.SECTIONS[1:3] for card in section.cards]


@pytest.fixture(scope="module")
def results() -> Results:
    return shared_tiny_results()


def test_network_shows_all_its_cards_under_every_protocol(results: Results) -> None:
    for protocol in (FAULTS, "new-song"):
        shown = model_sections.update_shown(results, MODEL, protocol)
        assert not any(shown[f"{card}-slot"] for card in NETWORK_CARDS)
        assert not shown["model-network"] and not shown["model-worth-link"]
        assert "Not here" not in shown["model-network-said"]


def test_model_that_is_no_network_has_neither_section_nor_link(results: Results) -> None:
    shown = model_sections.update_shown(results, FOREST, FAULTS)
    for name in ("network", "worth"):
        assert shown[f"model-{name}"] and shown[f"model-{name}-link"]
    assert all(shown[f"{card}-slot"] for card in NETWORK_CARDS)


def test_section_says_what_a_network_lacks_and_why(results: Results) -> None:
    empty = frozenset[str]()
    known = {kind: empty for kind in ("filters", "saliency")}
    bare = replace(results, _ids={**dict.fromkeys(["roc"], empty), **known}, _recent={})
    shown = model_sections.update_shown(bare, MODEL, FAULTS)
    assert shown["filters-slot"] and not shown["architecture-slot"]
    assert "Not here: a map of where it looked" in shown["model-network-said"]
    assert "begin with a convolution" in shown["model-network-said"]


def test_every_absent_card_of_a_network_has_a_reason() -> None:
    for section in model_cards.SECTIONS:
        words = model_cards.REASONS if section.optional else model_cards.WORDS
        assert set(section.cards) <= set(words)


def test_training_table_names_the_chosen_epochs(results: Results) -> None:
    content = model_network.update_training(results, MODEL, "new-song", "light")
    assert content is not None and len(content.table) == 24
    assert content.table.loc[content.table["Chosen"] == 1, "Epoch"].tolist() == [12, 12]
    run_id = f"{MODEL}.track_kfold"
    stored = results.history(run_id)
    assert stored is not None
    chosen = stored.assign(chosen=(stored["epoch"] == 7).astype(int))
    older = replace(results, _tables={("read_history", run_id): stored.drop(columns="chosen")})
    content = model_network.update_training(older, MODEL, "new-song", "light")
    assert content is not None and "Chosen" not in content.table
    more = replace(results, _tables={("read_history", run_id): chosen})
    content = model_network.update_training(more, MODEL, "new-song", "light")
    assert content is not None and content.table["Chosen"].sum() == 2
    assert "those of epoch 7;" in content.sentence
    assert model_network.update_training(results, FOREST, "new-song", "light") is None


def test_architecture_lists_layers_with_those_they_take_from(results: Results) -> None:
    content, style = model_network.update_architecture(results, MODEL, "dark")
    assert content is not None
    table = content.table.set_index("Layer")
    assert table.loc["add", "Takes from"] == "conv2d_1, relu"
    assert table["Parameters"].sum() == 1010
    assert int(style["height"].removesuffix("px")) > 300
    assert model_network.update_architecture(results, FOREST, "dark")[0] is None


def test_filters_list_every_weight_counted_from_one(results: Results) -> None:
    content = model_network.update_filters(results, MODEL, "light")
    assert content is not None
    assert len(content.table) == 6 * 3 * 3
    assert content.table["Kernel"].min() == 1
    assert content.sentence.startswith("6 kernels")


def test_track_starts_with_the_first_that_is_named_rightly(results: Results) -> None:
    tracks = model_network.track_parameter(results, MODEL)
    assert list(tracks.options) == sorted(track for track, _ in TRACKS)
    assert tracks.default == "blues.00006"
    assert tracks.options["blues.00006"] == "blues.00006: named rightly"
    assert tracks.options["blues.00007"] == "blues.00007: taken for classical"


def test_saliency_shows_the_track_of_the_address(results: Results) -> None:
    tracks = model_network.track_parameter(results, MODEL)
    asked = read_choice({"track": "country.00007"}, [tracks])["track"]
    content = model_network.update_saliency(results, MODEL, asked, "light")
    assert content is not None
    assert content.sentence.startswith("country.00007, a test track of “new artist, faults")
    assert "called disco with probability 0.75, wrongly: its label is country" in content.sentence
    assert "half between 0.0 s and 5.0 s" in content.sentence
    assert len(content.table) == 12 * 8
    first = model_network.update_saliency(results, MODEL, None, "light")
    assert first is not None and first.sentence.startswith("blues.00006")


def test_track_of_another_model_is_left_out_of_the_address(results: Results) -> None:
    address = {"path": "/model", "order": ["model", "track"], "values": {"model": MODEL}}
    options, value, now = model_network.update_track(results, MODEL, "country.00007", address)
    assert (len(options), value) == (len(TRACKS), "country.00007")
    assert now["values"]["track"] == "blues.00006"
    assert address["values"] == {"model": MODEL}  # not changed in place
    options, value, now = model_network.update_track(results, FOREST, "country.00007", address)
    assert (options, value, now["values"]["track"]) == ([], None, "")


def test_address_with_a_track_of_a_model_without_any_says_so(results: Results) -> None:
    choice = read_choice({"track": "x"}, [model_network.track_parameter(results, FOREST)])
    assert choice["track"] == ""
    assert choice.notes == ("The address says track=x, which is not among the choices here.",)


def test_order_puts_the_network_beside_the_others_that_were_shuffled(results: Results) -> None:
    other = "gtzan.features_3s.lightgbm.fault_filtered"
    effects = results.analysis("variant_effects")
    row = effects[effects["base_id"] == RUN].iloc[0]
    more = row.to_frame().T.assign(id=f"{other}.shuffled", base_id=other, difference=-0.3)
    table = pd.concat([effects, more], ignore_index=True)
    both = replace(results, _tables={("read_analysis", "variant_effects"): table})
    content = model_worth.update_order(both, MODEL, "new-song", "light")
    assert content is not None
    assert content.table["Network"].tolist() == ["LightGBM · 3-s", "Dense net · 3-s"]
    assert content.table["Order is worth"].tolist() == pytest.approx([0.3, 0.1])
    assert "Under “new artist, faults removed”" in content.sentence
    assert "order in time is worth +0.10 [+0.05, +0.15]" in content.sentence
    assert model_worth.update_order(results, FOREST, FAULTS, "light") is None


def test_ingredients_come_from_the_most_to_the_least_valuable(results: Results) -> None:
    content = model_worth.update_ingredients(results, MODEL, "dark")
    assert content is not None
    names = ["Random crops", "SpecAugment", "Mixup", "Stacking"]
    assert content.table["Ingredient"].tolist() == names
    assert "2 of 4 ingredients help by more than their interval, 1 harm" in content.sentence
    assert model_worth.update_ingredients(results, FOREST, "dark") is None


def test_picture_against_audio_copes_without_bands(results: Results) -> None:
    content = model_worth.update_picture_audio(results, MODEL, "dark")
    assert content is not None
    assert len(content.table) == 10
    assert content.table["Band"].tolist()[:3] == ["", "", "1"]
    stored = results.analysis_of_run("picture_audio", RUN)
    short = replace(results, _recent={("picture_audio", RUN): stored[stored["band"] < 0]})
    content = model_worth.update_picture_audio(short, MODEL, "dark")
    assert content is not None and len(content.figure.data) == 1
    assert len(content.figure.data[0].x) == 0


def test_results_without_any_of_these_analyses_hide_them(results: Results) -> None:
    kinds = ("architectures", "filters", "saliency", "picture_audio")
    tables = {
        ("read_analysis", kind): pd.DataFrame(columns=list(ANALYSES[kind].columns))
        for kind in ("ablations", "variant_effects")
    }
    bare = replace(results, _ids=dict.fromkeys(kinds, frozenset()), _tables=tables, _recent={})
    shown = model_sections.update_shown(bare, MODEL, FAULTS)
    assert shown["model-worth"] and not shown["model-network"]
    assert not shown["training-slot"]
    assert shown["model-network-said"].startswith("Not here: a drawing of the layers (“make")
    assert model_network.track_parameter(bare, MODEL).options == {}
