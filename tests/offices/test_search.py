"""Which procedures a search means."""

from hypothesis import given
from hypothesis import strategies as st

from app.offices.search import matching
from tests.offices.make import procedure

BIRTH = procedure(
    "1.001193", "Đăng ký khai sinh", name_en="Birth registration", synonyms="giấy kêu khai sanh; làm khai sinh", common=1
)
AGAIN = procedure("1.004884", "Đăng ký lại khai sinh")
DEATH = procedure("1.000656", "Đăng ký khai tử")
LAND = procedure("1.013978", "Đăng ký đất đai, tài sản gắn liền với đất", synonyms="sổ đỏ; sổ hồng; làm sổ đất")
LAND_ERROR = procedure("1.012796", "Đính chính Giấy chứng nhận đã cấp", synonyms="sai sổ đỏ")
DISABILITY = procedure("1.001699", "Xác định mức độ khuyết tật", synonyms="sổ khuyết tật")
ALL = (AGAIN, DEATH, LAND_ERROR, DISABILITY, BIRTH, LAND)


def codes(query: str) -> list[str]:
    return [found.code for found in matching(ALL, query)]


def test_marks_case_and_the_old_eth_do_not_count() -> None:
    for query in (
        "khai sinh",
        "Khai Sinh",
        "KHAI  SINH",
        b"khai sinh".decode(),
        "Ðăng ký khai sinh",
        "dang ky khai sinh",
    ):
        assert codes(query)[:1] == ["1.001193"], query
        assert set(codes(query)) == {"1.001193", "1.004884"}


def test_a_decomposed_query_finds_too() -> None:
    assert codes("đăng ký khai sinh")[:1] == ["1.001193"]


def test_every_word_must_occur() -> None:
    assert codes("khai tu") == ["1.000656"]
    assert codes("khai thác") == []


def test_synonyms_and_english_find() -> None:
    assert codes("giấy kêu khai sanh") == ["1.001193"]
    assert codes("birth") == ["1.001193"]
    assert codes("registration birth") == ["1.001193"]


def test_what_it_is_called_comes_before_what_mentions_it() -> None:
    assert codes("so do") == ["1.013978", "1.012796"]


def test_short_syllables_count_only_next_to_each_other() -> None:
    assert "1.001699" not in codes("sổ đỏ")
    assert codes("đỏ sổ") == []


def test_words_around_the_matter_are_left_out_when_nothing_has_them_all() -> None:
    assert codes("tôi muốn làm giấy khai sinh cho con")[:1] == ["1.001193"]


def test_a_code_finds_its_procedure() -> None:
    assert codes("1.001193") == ["1.001193"]


def test_the_beginning_of_a_longer_word_is_enough() -> None:
    assert codes("khuy") == ["1.001699"]
    assert codes("ết") == []


def test_nothing_wanted_nothing_found() -> None:
    assert codes("") == codes("  ") == codes("…!?") == []


@given(st.text(max_size=300))
def test_any_text_is_a_search(query: str) -> None:
    assert set(matching(ALL, query)) <= set(ALL)
