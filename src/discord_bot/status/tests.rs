//! Tables: what is observed, and which conditions follow.
