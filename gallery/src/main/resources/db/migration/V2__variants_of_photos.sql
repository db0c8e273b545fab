-- The default is what the release before makes: during a deploy its workers finish photos too, and do not say.
ALTER TABLE photos ADD COLUMN variants text[] NOT NULL DEFAULT '{thumb,medium,gray}';
