//! Has the crate rebuilt when a migration is added, changed or removed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=home");
}
