//! The migrations are compiled in: a new folder of them is a reason to compile anew, though no source names it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
