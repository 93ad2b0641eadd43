-- A page of the record begins after the entry with this hash: its place would tell how much others do.
CREATE INDEX audit_by_hash ON audit (hash);
