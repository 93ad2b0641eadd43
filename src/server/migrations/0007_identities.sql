-- Rules P1, P3 and P4: what makes an address an identity, and links whose address changed.

-- A person in an organization. One organization at most is asked of every new row; a world file may
-- say otherwise, and what was linked twice before this rule came stays as it was.
CREATE TABLE known_identities (
  email_key TEXT NOT NULL,
  organization TEXT NOT NULL REFERENCES organizations (id),
  lasting INTEGER NOT NULL DEFAULT 0,             -- 0: a role alone made it, and its end ends it
  PRIMARY KEY (email_key, organization)
);
INSERT INTO known_identities (email_key, organization, lasting)
SELECT i.email_key, i.organization,
       CASE WHEN EXISTS (SELECT 1 FROM organization_roles r
                          WHERE r.organization = i.organization AND r.email = i.email_key)
             AND NOT EXISTS (SELECT 1 FROM invitations c
                              WHERE c.organization = i.organization AND c.address_key = i.email_key
                                AND c.confirmed_at IS NOT NULL)
            THEN 0 ELSE 1 END
  FROM identities i;
INSERT INTO known_identities (email_key, organization, lasting)
SELECT DISTINCT u.address_key, s.organization, 1
  FROM site_users u JOIN sites s ON s.id = u.site
 WHERE u.link = 'linked' AND u.address_key IS NOT NULL AND s.organization IS NOT NULL
ON CONFLICT (email_key, organization) DO UPDATE SET lasting = 1;
DROP TABLE identities;
ALTER TABLE known_identities RENAME TO identities;
CREATE INDEX identities_by_organization ON identities (organization);

-- An account that was linked and has another address now: what was linked stays linked under the
-- old address, and the account counts as unlinked at its new one.
CREATE TABLE former_links (
  site INTEGER NOT NULL REFERENCES sites (id),
  number INTEGER NOT NULL,
  address_key TEXT NOT NULL,            -- canonical; as spelled where it was not usable
  domain TEXT,
  link TEXT NOT NULL,                   -- provisional | linked
  linked_at BIGINT,
  PRIMARY KEY (site, number, address_key)
);
CREATE INDEX former_links_by_domain ON former_links (domain, link);
DROP INDEX site_users_linked;
