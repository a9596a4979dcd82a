import pytest

from bot.masking import mask, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token xoxb-123-abc.", "token [masked]."),
        ("xoxe.xoxp-1-abc", "[masked]"),
        ("xapp-1-A2-3-f00", "[masked]"),
        ("key AKIAIOSFODNN7EXAMPLE here", "key [masked] here"),
        ("ASIAIOSFODNN7EXAMPLE", "[masked]"),
        ("password=hunter2 please", "password=[masked] please"),
        ("Password: 'two words', then", "Password: [masked], then"),
        ('{"MasterUserPassword": "hunter2"}', '{"MasterUserPassword": [masked]}'),
        ("db_secret = s3cr3t; next", "db_secret = [masked]; next"),
        ("AWS_SECRET_ACCESS_KEY=abc/def+ghi", "AWS_SECRET_ACCESS_KEY=[masked]"),
        ("ALTER USER app PASSWORD 'it''s me' VALID", "ALTER USER app PASSWORD [masked] VALID"),
        ("create user a identified by 'x y'", "create user a identified by [masked]"),
        (
            'IDENTIFIED WITH mysql_native_password BY "s"',
            "IDENTIFIED WITH mysql_native_password BY [masked]",
        ),
        ("statement: SET PASSWORD 'cut of", "statement: SET PASSWORD [masked]"),
        ("SET PASSWORD FOR 'a'@'%' = 's'", "SET PASSWORD FOR 'a'@'%' = [masked]"),
        ("set password = password('s')", "set password = [masked]"),
        ("ALTER LOGIN a WITH PASSWORD = N'it''s me'", "ALTER LOGIN a WITH PASSWORD = [masked]"),
        ("ALTER ROLE a PASSWORD $x$it's me$x$ LOGIN", "ALTER ROLE a PASSWORD [masked] LOGIN"),
        ("IDENTIFIED VIA ed25519 USING 's'", "IDENTIFIED VIA ed25519 USING [masked]"),
        ("postgresql://bot:pa55@host/db", "postgresql://bot:[masked]@host/db"),
        ("Authorization: Bearer mF_9.B5f-4.1JqM==, then", "Authorization: Bearer [masked], then"),
        ('{"authorization": "Basic YTpi"}', '{"authorization": "Basic [masked]"}'),
        ("sent bearer abcdefgh12 to it", "sent bearer [masked] to it"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "[masked]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[masked]"),
    ],
)
def test_secrets_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Reboot orders-test because the password policy changed",
        "the token bucket is empty",
        "the bearer of this note, Bearer certificates at 5",
        "arn:aws:rds:us-east-1:123456789012:db:orders-test",
        "2026-11-20T08:30:00Z RDS-1042 https://example.com/a?b=c",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_values_are_masked_inside_and_under_the_names_of_secrets() -> None:
    value = {
        "password": "hunter2",
        "tokens": 3,
        "nested": [{"api_key": "k", "note": "xoxb-1-a"}, None, True],
        "token": "",
    }

    assert masked(value) == {
        "password": "[masked]",
        "tokens": 3,
        "nested": [{"api_key": "[masked]", "note": "[masked]"}, None, True],
        "token": "",
    }
