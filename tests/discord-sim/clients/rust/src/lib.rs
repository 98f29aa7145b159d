//! Nothing: this package exists for its tests, which let whole Rust clients loose on the stand-in.
