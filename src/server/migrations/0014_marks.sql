-- Blocks of a roster, 4,096 users each, are kept as they are read. A mark counts the changes of what
-- a block is made from; a block that was made at another count is made anew. Every statement that
-- writes counts, whoever wrote it, in its own transaction: that is why these are triggers. Nothing
-- here hangs on time, on domains or on whether a directory is heeded: those are folded in at reading.
-- (PostgreSQL: the same statements, each in a function of its trigger.)

CREATE TABLE roster_marks (
  site INTEGER NOT NULL REFERENCES sites (id),
  block INTEGER NOT NULL,               -- number / 4096
  text BIGINT NOT NULL,                 -- changes of what is written of its users
  kept BIGINT NOT NULL,                 -- changes of what is known of them
  PRIMARY KEY (site, block)
);
CREATE TABLE directory_marks (
  organization TEXT PRIMARY KEY,
  changes BIGINT NOT NULL
);
INSERT INTO roster_marks (site, block, text, kept)
SELECT site, number / 4096, 1, 1 FROM site_users GROUP BY site, number / 4096;

-- An address is looked up over all sites: an identity in one organization is "elsewhere" in others.
DROP INDEX site_users_by_address;
CREATE INDEX site_users_by_address ON site_users (address_key, site, active);

-- Users ---------------------------------------------------------------------------------------

CREATE TRIGGER marks_user_added AFTER INSERT ON site_users BEGIN
  INSERT INTO roster_marks (site, block, text, kept) VALUES (NEW.site, NEW.number / 4096, 1, 1)
    ON CONFLICT (site, block) DO UPDATE SET text = text + 1, kept = kept + 1;
END;
CREATE TRIGGER marks_user_text AFTER UPDATE OF
  user_id, first_name, last_name, display_name, address, address_key, department ON site_users
BEGIN
  UPDATE roster_marks SET text = text + 1, kept = kept + 1
   WHERE site = NEW.site AND block = NEW.number / 4096;
END;
CREATE TRIGGER marks_user_kept AFTER UPDATE OF active, link ON site_users
  WHEN NEW.active <> OLD.active OR NEW.link <> OLD.link
BEGIN
  UPDATE roster_marks SET kept = kept + 1 WHERE site = NEW.site AND block = NEW.number / 4096;
END;
CREATE TRIGGER marks_user_moved AFTER UPDATE OF site, number ON site_users BEGIN
  UPDATE roster_marks SET text = text + 1, kept = kept + 1
   WHERE site = OLD.site AND block = OLD.number / 4096;
  INSERT INTO roster_marks (site, block, text, kept) VALUES (NEW.site, NEW.number / 4096, 1, 1)
    ON CONFLICT (site, block) DO UPDATE SET text = text + 1, kept = kept + 1;
END;
CREATE TRIGGER marks_user_gone AFTER DELETE ON site_users BEGIN
  UPDATE roster_marks SET text = text + 1, kept = kept + 1
   WHERE site = OLD.site AND block = OLD.number / 4096;
END;

-- Row 4: whether an address is on several active accounts changes for all who have it when there
-- comes a second, or when one is left. Counting ends at three: a roster may name one a million times.
CREATE TRIGGER marks_second_added AFTER INSERT ON site_users
  WHEN NEW.active = 1 AND (SELECT count(*) FROM (SELECT 1 FROM site_users
    WHERE address_key = NEW.address_key AND site = NEW.site AND active = 1 LIMIT 3) AS some) = 2
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = NEW.address_key AND site = NEW.site);
END;
CREATE TRIGGER marks_second_found AFTER UPDATE OF address_key, active ON site_users
  WHEN NEW.active = 1
   AND (OLD.active <> 1 OR NEW.address_key IS DISTINCT FROM OLD.address_key)
   AND (SELECT count(*) FROM (SELECT 1 FROM site_users
    WHERE address_key = NEW.address_key AND site = NEW.site AND active = 1 LIMIT 3) AS some) = 2
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = NEW.address_key AND site = NEW.site);
END;
CREATE TRIGGER marks_second_lost AFTER UPDATE OF address_key, active ON site_users
  WHEN OLD.active = 1
   AND (NEW.active <> 1 OR NEW.address_key IS DISTINCT FROM OLD.address_key)
   AND (SELECT count(*) FROM (SELECT 1 FROM site_users
    WHERE address_key = OLD.address_key AND site = OLD.site AND active = 1 LIMIT 2) AS some) = 1
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = OLD.address_key AND site = OLD.site);
END;
CREATE TRIGGER marks_second_gone AFTER DELETE ON site_users
  WHEN OLD.active = 1 AND (SELECT count(*) FROM (SELECT 1 FROM site_users
    WHERE address_key = OLD.address_key AND site = OLD.site AND active = 1 LIMIT 2) AS some) = 1
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = OLD.address_key AND site = OLD.site);
END;

-- Identities (rows 5 and 8): of all sites, for what is here for one is elsewhere for the others ---

CREATE TRIGGER marks_identity_added AFTER INSERT ON identities BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = NEW.email_key);
END;
CREATE TRIGGER marks_identity_changed AFTER UPDATE OF email_key, organization ON identities BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key IN (OLD.email_key, NEW.email_key));
END;
CREATE TRIGGER marks_identity_gone AFTER DELETE ON identities BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = OLD.email_key);
END;

-- Invitations and answers (rows 7, 8 and 10) ------------------------------------------------------

CREATE TRIGGER marks_invitation_added AFTER INSERT ON invitations
  WHEN NEW.invited_at IS NOT NULL OR NEW.unknown <> 0 OR NEW.confirmed_at IS NOT NULL
    OR NEW.declined_at IS NOT NULL
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT u.site, u.number / 4096
                             FROM site_users u JOIN sites s ON s.id = u.site
                            WHERE u.address_key = NEW.address_key
                              AND s.organization = NEW.organization);
END;
CREATE TRIGGER marks_invitation_changed AFTER UPDATE OF
  organization, address_key, invited_at, unknown, confirmed_at, declined_at ON invitations
BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT u.site, u.number / 4096
                             FROM site_users u JOIN sites s ON s.id = u.site
                            WHERE u.address_key IN (OLD.address_key, NEW.address_key)
                              AND s.organization IN (OLD.organization, NEW.organization));
END;
CREATE TRIGGER marks_invitation_gone AFTER DELETE ON invitations BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT u.site, u.number / 4096
                             FROM site_users u JOIN sites s ON s.id = u.site
                            WHERE u.address_key = OLD.address_key
                              AND s.organization = OLD.organization);
END;
CREATE TRIGGER marks_answer_added AFTER INSERT ON site_answers BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = NEW.address_key AND site = NEW.site);
END;
CREATE TRIGGER marks_answer_changed AFTER UPDATE ON site_answers BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key IN (OLD.address_key, NEW.address_key)
                              AND site IN (OLD.site, NEW.site));
END;
CREATE TRIGGER marks_answer_gone AFTER DELETE ON site_answers BEGIN
  UPDATE roster_marks SET kept = kept + 1
   WHERE (site, block) IN (SELECT site, number / 4096 FROM site_users
                            WHERE address_key = OLD.address_key AND site = OLD.site);
END;

-- The directory (rule U9) and the organization of a site ------------------------------------------

CREATE TRIGGER marks_directory_added AFTER INSERT ON synced_directory BEGIN
  INSERT INTO directory_marks (organization, changes) VALUES (NEW.organization, 1)
    ON CONFLICT (organization) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER marks_directory_changed AFTER UPDATE ON synced_directory BEGIN
  INSERT INTO directory_marks (organization, changes) VALUES (OLD.organization, 1)
    ON CONFLICT (organization) DO UPDATE SET changes = changes + 1;
  INSERT INTO directory_marks (organization, changes) VALUES (NEW.organization, 1)
    ON CONFLICT (organization) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER marks_directory_gone AFTER DELETE ON synced_directory BEGIN
  INSERT INTO directory_marks (organization, changes) VALUES (OLD.organization, 1)
    ON CONFLICT (organization) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER marks_site_linked AFTER UPDATE OF organization ON sites BEGIN
  UPDATE roster_marks SET kept = kept + 1 WHERE site = NEW.id;
END;
