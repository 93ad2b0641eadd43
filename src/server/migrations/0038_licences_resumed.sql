-- An import of licences that a crash cut off and that went on by itself: whoever asks again is answered.

ALTER TABLE licence_imports ADD COLUMN resumed INTEGER NOT NULL DEFAULT 0;
