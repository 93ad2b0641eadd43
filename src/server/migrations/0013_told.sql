-- What a world file tells of people's answers on a site that is in no organization yet. They are
-- facts of (organization, address): where the site is linked they become invitations.
CREATE TABLE site_answers (
  site INTEGER NOT NULL REFERENCES sites (id),
  address_key TEXT NOT NULL,
  invited_at BIGINT,
  unknown INTEGER NOT NULL DEFAULT 0,
  confirmed_at BIGINT,
  declined_at BIGINT,
  PRIMARY KEY (site, address_key)
);

-- Insights (L9): who participants are, as far as a feed has it, and whose a device is.
CREATE TABLE insight_people (
  site INTEGER NOT NULL REFERENCES sites (id),
  person TEXT NOT NULL,                 -- domain::insights::feed::person_key
  title TEXT NOT NULL DEFAULT '',
  company TEXT NOT NULL DEFAULT '',
  history TEXT NOT NULL DEFAULT '[]',   -- JSON, a text a station
  links TEXT NOT NULL DEFAULT '[]',     -- JSON, https alone
  PRIMARY KEY (site, person)
);
ALTER TABLE insight_devices ADD COLUMN used_by TEXT NOT NULL DEFAULT '';

-- T3: the site that an order's meetings get in the organization it is mapped to.
ALTER TABLE orders ADD COLUMN site_url TEXT;
ALTER TABLE orders ADD COLUMN time_zone TEXT;
