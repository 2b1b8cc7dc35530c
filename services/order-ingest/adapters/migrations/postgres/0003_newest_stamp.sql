-- The latest stamp that any answer showed: later than updated_at after the marketplace set the stamp back. `earlier`
-- holds the contents since it was first seen.
ALTER TABLE orders ADD COLUMN newest_stamp BIGINT;
