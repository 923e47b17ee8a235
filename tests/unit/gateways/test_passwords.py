from callcenter.gateways.paper import passwords


def test_a_password_matches_what_was_kept_of_it_and_no_other_does() -> None:
    kept = passwords.keep("246810")

    assert passwords.matches("246810", kept)
    assert not passwords.matches("246811", kept)
    assert not passwords.matches("", kept)


def test_nothing_kept_shows_the_password_or_that_two_are_equal() -> None:
    one, other = passwords.keep("246810"), passwords.keep("246810")

    assert "246810" not in one
    assert one != other


def test_nobody_has_a_password() -> None:
    assert not passwords.matches("246810", passwords.NOBODYS)
    assert not passwords.matches("", passwords.NOBODYS)


def test_a_hash_made_at_another_cost_still_matches() -> None:
    digest = "77cfbd0914a3db39b808040796cf9cd1064db619f1b9e4e730925dfbbdf2cd2e"

    assert passwords.matches("246810", f"scrypt$2$1$1${b'salt'.hex()}${digest}")
