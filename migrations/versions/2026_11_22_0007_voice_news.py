"""Programmes and items of voice news, and what was played."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_NEWS: Final = """
CREATE TABLE news_programmes (
    name text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('market', 'security', 'notices', 'mailbox', 'guide')),
    title text NOT NULL,
    title_en text NOT NULL,
    number text UNIQUE,
    password text,
    CONSTRAINT news_programmes_number_check CHECK ((kind = 'mailbox') = (number IS NOT NULL))
);
COMMENT ON TABLE news_programmes IS 'The password of a mailbox is a salted digest.';

INSERT INTO news_programmes (name, kind, title, title_en) VALUES
    ('market', 'market', '大盘', 'The market'),
    ('securities', 'security', '个股', 'Securities'),
    ('notices', 'notices', '公告', 'Notices'),
    ('guide', 'guide', '业务指南', 'Guide');

CREATE TABLE news_items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme text NOT NULL REFERENCES news_programmes,
    key text NOT NULL,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    title text NOT NULL,
    text text,
    sound text,
    security text,
    position integer NOT NULL,
    valid_from timestamptz,
    valid_to timestamptz,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'withdrawn')),
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    UNIQUE (programme, key, language),
    CONSTRAINT news_items_words_or_sound_check CHECK ((text IS NULL) <> (sound IS NULL))
);
CREATE INDEX news_items_on_air_idx ON news_items (programme) WHERE state = 'published';

CREATE TABLE news_plays (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    item bigint NOT NULL REFERENCES news_items,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    account text,
    heard_s numeric NOT NULL,
    whole boolean NOT NULL
);
CREATE INDEX news_plays_item_at_idx ON news_plays (item, at);

CREATE TABLE staff (
    number text PRIMARY KEY,
    name text NOT NULL,
    pin text NOT NULL
);
COMMENT ON TABLE staff IS 'Who may record on the staff line. The PIN is a salted digest.';
"""


def upgrade() -> None:
    for statement in _NEWS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE staff, news_plays, news_items, news_programmes")
