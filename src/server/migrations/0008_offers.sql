-- Offers of roles (rule P1): one per organization and address. The welcome is the offer; what it
-- offers stands here. A welcome without rows here is about roles that are held already, as all are
-- that existed before this step.

ALTER TABLE welcomes ADD COLUMN offered_by TEXT NOT NULL DEFAULT '';   -- who made it, canonical
ALTER TABLE welcomes ADD COLUMN ended_at BIGINT;                       -- declined or withdrawn
CREATE INDEX welcomes_by_email ON welcomes (email);

CREATE TABLE offer_roles (
  organization TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL,                  -- canonical
  role TEXT NOT NULL,                   -- partner_admin | full_admin | read_only_admin
  offered_by TEXT NOT NULL,
  offered_at BIGINT NOT NULL,
  PRIMARY KEY (organization, email, role)
);
