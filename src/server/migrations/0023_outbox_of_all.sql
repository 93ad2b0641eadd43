-- Welcomes, and the mails of linking, go by the outbox too.

-- Business time: when the newest connect mail was asked for.
ALTER TABLE site_connects ADD COLUMN asked_at BIGINT;
UPDATE site_connects SET asked_at = (
  SELECT max(m.asked_at) FROM link_mails m
   WHERE m.site = site_connects.site AND m.email = site_connects.email AND m.kind = 'connect');
INSERT INTO outbox (id, queue, kind, recipient, site, state, attempt, detail, queued_at, not_before,
                    settled_at)
SELECT id, 'linking', kind, email, site, state, attempt, detail, asked_at, not_before,
       CASE WHEN state NOT IN ('queued', 'sending') THEN updated_at END
  FROM link_mails;
DROP TABLE link_mails;
-- One notice per full admin, ever: a site is linked once.
CREATE UNIQUE INDEX outbox_link_notices ON outbox (site, recipient)
  WHERE queue = 'linking' AND kind = 'notice';

-- Which mail a link was in.
ALTER TABLE welcome_links ADD COLUMN message_id TEXT;
INSERT INTO outbox (id, queue, recipient, organization, state, attempt, deferrals, message_id,
                    detail, queued_at, not_before)
SELECT 'mal_' || organization || '/' || email, 'welcomes', email, organization, state, attempt,
       deferrals, message_id, detail, begun_at, coalesce(not_before, begun_at)
  FROM welcomes WHERE state IN ('queued', 'sending');
ALTER TABLE welcomes DROP COLUMN not_before;
ALTER TABLE welcomes DROP COLUMN deferrals;

-- Real time; absent for a run of before.
ALTER TABLE runs ADD COLUMN applied_at BIGINT;
