-- Uploads were kept as they came, with what their Password column said. From now on what is kept is
-- written anew without it; whoever waits with an older preview uploads the file once more.
PRAGMA secure_delete = ON;
DELETE FROM imports;
PRAGMA secure_delete = OFF;
CREATE INDEX imports_by_expiry ON imports (expires_at);
