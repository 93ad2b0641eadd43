-- Insights of linked sites (L9): what a feed told. Times are milliseconds; loss is in hundredths of
-- a percent. Persons are keys of domain::insights::feed::person_key.

CREATE TABLE insight_feeds (
  site INTEGER PRIMARY KEY REFERENCES sites (id),
  fed_at BIGINT NOT NULL,
  fed_by TEXT NOT NULL
);
CREATE TABLE insight_meetings (
  site INTEGER NOT NULL REFERENCES sites (id),
  id TEXT NOT NULL,                     -- as the feed names it
  title TEXT NOT NULL,
  host TEXT NOT NULL,                   -- as spelled
  host_key TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,                      -- absent: goes on, or nobody knows
  PRIMARY KEY (site, id)
);
CREATE INDEX insight_meetings_by_start ON insight_meetings (site, started_at, id);
CREATE INDEX insight_meetings_by_host ON insight_meetings (site, host_key, started_at);
CREATE TABLE insight_participants (
  site INTEGER NOT NULL,
  meeting TEXT NOT NULL,
  person TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  left_at BIGINT,
  address TEXT NOT NULL,                -- as spelled; empty for guests
  name TEXT NOT NULL,
  audio_type TEXT NOT NULL DEFAULT '',
  device TEXT NOT NULL DEFAULT '',
  audio_loss INTEGER,
  audio_latency BIGINT,
  audio_jitter BIGINT,
  audio_rating TEXT NOT NULL DEFAULT '',  -- good | fair | poor; empty: not measured
  video_loss INTEGER,
  video_latency BIGINT,
  video_jitter BIGINT,
  video_rating TEXT NOT NULL DEFAULT '',
  resolution TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (site, meeting, person, joined_at),
  FOREIGN KEY (site, meeting) REFERENCES insight_meetings (site, id)
);
CREATE INDEX insight_participants_by_person ON insight_participants (site, person, meeting);
CREATE TABLE insight_devices (
  site INTEGER NOT NULL REFERENCES sites (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- room | desk | board | phone | other
  model TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,                  -- online | issues | offline
  software TEXT NOT NULL,
  registered_at BIGINT,
  last_seen_at BIGINT,
  PRIMARY KEY (site, id)
);
CREATE INDEX insight_devices_by_name ON insight_devices (site, name, id);
