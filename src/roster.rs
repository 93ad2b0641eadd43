//! A site's users in memory: columns, search, facets, filter, selection.
