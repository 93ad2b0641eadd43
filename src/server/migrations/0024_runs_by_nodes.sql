-- A run's driver is a node: what it has claimed is given back when the node is dead.

ALTER TABLE nodes ADD COLUMN owner TEXT NOT NULL DEFAULT '';    -- the worker of a process
-- No epoch comes again, neither of a node nor of a driver of before.
INSERT INTO meta (name, value) SELECT 'epoch', value FROM meta WHERE name = 'run_epoch'
  ON CONFLICT (name) DO UPDATE SET value = CAST(
    max(CAST(meta.value AS BIGINT), CAST(excluded.value AS BIGINT)) AS TEXT);
DELETE FROM meta WHERE name = 'run_epoch';
