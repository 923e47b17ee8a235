"""The messages of a call: what RFC 3261 asks of each, and who the caller is said to be."""

import pytest

from callcenter.telephony.sipcaller.dialog import (
    Dialog,
    Identity,
    ack_of_refusal,
    cancel,
    reply,
)
from callcenter.telephony.sipcaller.messages import Request, Response, parse


def dialog(**identity: str) -> Dialog:
    who = Identity(**{"number": "13800138000", **identity})
    return Dialog(to="sip:4008@127.0.0.1:5060", identity=who, host="127.0.0.1", port=40000)


def answer(invite: Request, status: int = 200) -> Response:
    """Answer as a far end behind two proxies does."""
    kept = [h for h in invite.headers if h[0] in ("Via", "From", "Call-ID", "CSeq")]
    more = [
        ("To", f"{invite.first('To')};tag=theirs"),
        ("Contact", "<sip:pbx@127.0.0.1:5070>"),
        ("Record-Route", "<sip:near;lr>, <sip:far;lr>"),
    ]
    return Response(status=status, headers=(*kept, *more))


def test_an_invite_is_a_message_with_all_that_the_rfc_asks() -> None:
    invite = dialog().invite(b"v=0\r\n")

    read = parse(invite.encode())
    assert read == invite
    assert invite.branch.startswith("z9hG4bK")
    assert invite.from_tag
    assert not invite.to_tag
    for name in ("Max-Forwards", "Contact", "Allow", "Content-Type"):
        assert invite.first(name), name


def test_the_caller_is_in_from_and_contact() -> None:
    invite = dialog(display_name='Wang "X" \\ 王').invite(b"")

    assert invite.first("From").startswith(
        '"Wang \\"X\\" \\\\ 王" <sip:13800138000@127.0.0.1>;tag='
    )
    assert invite.contact == "sip:13800138000@127.0.0.1:40000"


def test_a_withheld_number_is_nowhere() -> None:
    invite = dialog(number="").invite(b"")

    assert invite.first("From").startswith('"Anonymous" <sip:anonymous@anonymous.invalid>')
    assert invite.first("Privacy") == "id"


def test_an_asserted_number_is_in_a_header_of_its_own() -> None:
    invite = dialog(asserted="02150000000").invite(b"")

    assert invite.first("P-Asserted-Identity") == "<sip:02150000000@127.0.0.1>"


@pytest.mark.parametrize("name", ["a\r\nX: y", "a\nb"])
def test_a_name_cannot_bring_in_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="not a header"):
        dialog(display_name=name).invite(b"")


def test_a_number_cannot_leave_its_address() -> None:
    invite = dialog(number="1>;x=<y@z #\r\n").invite(b"")

    assert "<sip:1%3E;x=%3Cy%40z%20%23%0D%0A@127.0.0.1>" in invite.first("From")


def test_the_ack_of_an_answer_takes_the_route_to_the_contact() -> None:
    call = dialog()
    invite = call.invite(b"")

    call.establish(answer(invite))
    ack = call.ack(invite)

    assert ack.uri == "sip:pbx@127.0.0.1:5070"
    assert ack.every("Route") == ("<sip:far;lr>", "<sip:near;lr>")
    assert (ack.to_tag, ack.cseq) == ("theirs", (invite.cseq[0], "ACK"))
    assert ack.branch != invite.branch


def test_a_bye_is_a_new_request_in_the_dialog() -> None:
    call = dialog()
    invite = call.invite(b"")
    call.establish(answer(invite))

    bye = call.bye()

    assert (bye.call_id, bye.from_tag, bye.to_tag) == (call.call_id, call.tag, "theirs")
    assert bye.cseq == (invite.cseq[0] + 1, "BYE")
    assert bye.uri == "sip:pbx@127.0.0.1:5070"


def test_a_cancel_and_the_ack_of_a_refusal_belong_to_the_invite_s_transaction() -> None:
    invite = dialog().invite(b"")

    withdrawn, acknowledged = cancel(invite), ack_of_refusal(invite, answer(invite, 404))

    for request, method in [(withdrawn, "CANCEL"), (acknowledged, "ACK")]:
        assert request.uri == invite.uri
        assert request.branch == invite.branch
        assert request.cseq == (invite.cseq[0], method)
    assert (withdrawn.to_tag, acknowledged.to_tag) == ("", "theirs")


def theirs(call: Dialog, number: int, *, tag: str = "theirs") -> Request:
    headers = (
        ("Via", "SIP/2.0/UDP a;branch=z9hG4bK1"),
        ("Via", "SIP/2.0/UDP b;branch=z9hG4bK2"),
        ("From", f"<sip:4008@127.0.0.1>;tag={tag}"),
        ("To", f"<sip:138@127.0.0.1>;tag={call.tag}"),
        ("Call-ID", call.call_id),
        ("CSeq", f"{number} BYE"),
    )
    return Request(method="BYE", uri="sip:138@127.0.0.1", headers=headers)


def test_only_requests_with_both_tags_belong_to_the_call() -> None:
    call = dialog()
    call.establish(answer(call.invite(b"")))

    assert call.owns(theirs(call, 1))
    assert not call.owns(theirs(call, 1, tag="somebody"))


def test_an_old_request_does_not_follow_a_newer_one() -> None:
    call = dialog()

    assert call.follows(theirs(call, 5))
    assert not call.follows(theirs(call, 5))
    assert not call.follows(theirs(call, 4))
    assert call.follows(theirs(call, 6))


def test_a_reply_copies_the_way_back() -> None:
    request = theirs(dialog(), 1)

    response = reply(request, 405, [("Allow", "BYE")])

    assert response.every("Via") == request.every("Via")
    assert (response.call_id, response.cseq) == (request.call_id, request.cseq)
    assert (response.to_tag, response.phrase) == (request.to_tag, "Method Not Allowed")
    assert parse(response.encode()) == response


def test_a_reply_to_a_stranger_gets_a_tag() -> None:
    request = theirs(dialog(), 1)
    to = ("To", "<sip:138@127.0.0.1>")
    headers = tuple(to if name == "To" else (name, value) for name, value in request.headers)

    assert reply(Request(method="BYE", uri="sip:a@b", headers=headers), 481).to_tag
