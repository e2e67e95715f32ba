/** After this many minutes a task that somebody opened is free again, unless the page has renewed the lease. */
export const LEASE_MINUTES = 30;

/** For this long a page may hold a task that it has fetched ahead and that nobody has opened yet. */
export const AHEAD_SECONDS = 120;
