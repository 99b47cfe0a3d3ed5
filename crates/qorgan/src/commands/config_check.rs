//! `qorgan config check`.

use super::print_json;
use crate::settings::Settings;
use crate::settings::explain::Explanation;
use crate::settings::layers::Layers;
use crate::{Failure, output};

/// Explains the configuration; fails when the program would not start with it.
pub(crate) fn run(layers: &Layers, json: bool) -> Result<(), Failure> {
    let problems = Settings::from_layers(layers).err().unwrap_or_default();
    let explanation = Explanation::new(layers, &problems);
    if json {
        print_json(&explanation)?;
    } else {
        output::print(&explanation.to_text())?;
    }
    if explanation.valid { Ok(()) } else { Err(Failure::Negative) }
}
