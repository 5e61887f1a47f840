"""English verb forms and their bare form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cswitch.core.verbs import lemma

FORMS = """
bought buy  running run  cancelled cancel  tries try  uses use  making make  went go  gone go  told tell  stopped stop
planned plan  planning plan  travelled travel  traveling travel  studies study  studied study  dying die  lying lie
tied tie  goes go  does do  has have  was be  seen see  written write  wrote write  driven drive  began begin
taught teach  caught catch  thought think  sold sell  paid pay  said say  left leave  felt feel  kept keep  built build
sent send  spent spend  lost lose  found find  held hold  understood understand  met meet  sat sit  won win  read read
put put  cut cut  hit hit  let let  set set  shut shut  ordered order  opened open  offered offer  visited visit
preferred prefer  occurred occur  referred refer  beginning begin  swimming swim  getting get  shopping shop
downloading download  uploaded upload  clicked click  deleted delete  emailed email  booked book  parked park
washed wash  watches watch  fixes fix  passes pass  pushes push  agreed agree  seeing see  being be  having have
changed change  managed manage  arranged arrange  charging charge  dancing dance  forced force  judged judge
argued argue  argues argue  continued continue  helped help  helping help  asks ask  called call  decided decide
explained explain  improved improve  joined join  reported report  shared share  started start  supported support
""".split()


@pytest.mark.parametrize(("form", "bare"), list(zip(FORMS[::2], FORMS[1::2], strict=True)))
def test_bare_form(form: str, bare: str) -> None:
    assert lemma(form) == bare
    assert lemma(form.upper()) == bare


def test_words_that_are_no_verb_have_none() -> None:
    assert [lemma(word) for word in ("blorbs", "zzing", "", "ing", "ed", "s", "रद्द")] == [None] * 7


@given(st.sampled_from(FORMS[1::2]))
def test_a_bare_form_is_its_own(bare: str) -> None:
    assert lemma(bare) == bare
