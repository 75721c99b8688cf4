//! `report.html`: one file, which fetches nothing.
//!
//! The template holds numbers and words of ours only. All that comes from logs is in one block of data (JSON, gzip,
//! base64), where no text can end the block, and reaches the page as text nodes. The content security policy lets the
//! style and the script run whose hashes it names, and nothing else.

mod brief;
mod columns;
mod data;
mod incidents;
mod kept;
mod measured;
mod names;
mod scenarios;
mod strings;
mod tiles;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};

use super::weekly::{Weekly, WeeklyError};
use data::Data;
use kept::{Extent, Kept};

/// Bytes that the page keeps under.
const MOST_BYTES: usize = 4_900_000;
/// Incidents of which a page can show all that it shows of any.
const MOST_INCIDENTS: usize = 20_000;
/// Rows of a table of seeds or environments.
const MOST_LEVELS: usize = 20;

const TEMPLATE: &str = include_str!("html/page.html");
const STYLE: &str = concat!(include_str!("html/assets/uplot/uPlot.min.css"), "\n", include_str!("html/style.css"));
/// One scope, so that the parts share names and the page's own scope stays clean.
const SCRIPT: &str = concat!(
    "/*\n",
    include_str!("html/assets/uplot/LICENSE"),
    "*/\n",
    include_str!("html/assets/uplot/uPlot.iife.min.js"),
    "\n(() => {\n'use strict';\n",
    include_str!("html/base.js"),
    include_str!("html/data.js"),
    include_str!("html/strip.js"),
    include_str!("html/sections.js"),
    include_str!("html/detail.js"),
    include_str!("html/table.js"),
    include_str!("html/charts.js"),
    include_str!("html/main.js"),
    "})();\n",
);

/// What the content security policy names: written here, since to take them anew for each page is a tenth of making it. A test holds
/// them to the texts.
const STYLE_HASH: &str = "'sha256-PS3xwKU5TbsTKmLZY5MRsI+5wz7afAcuwe/ZGNWdO18='";
const SCRIPT_HASH: &str = "'sha256-eXpeYNuZmSZO3kgPV5pJ95SHdwVn68e52wBzcQsooZ8='";

/// `report.html`: one file without any reference to the network. It keeps under 5 MB: of very many incidents the
/// gravest are in it, and it says so.
///
/// # Errors
/// When a template or a part of the data is faulty, which no input makes it.
pub fn html_page(weekly: &Weekly<'_>) -> Result<String, WeeklyError> {
    let mut extent = Extent { incidents: MOST_INCIDENTS, levels: MOST_LEVELS };
    if weekly.recurrence.scenarios.len().min(MOST_INCIDENTS) > MOST_INCIDENTS / 8 {
        extent.levels /= 3;
    }
    let room = MOST_BYTES - TEMPLATE.len() - STYLE.len() - SCRIPT.len();
    let mut kept = Kept::new(weekly, extent.incidents);
    let mut data = packed(weekly, &kept, extent)?;
    while data.len() > room && extent.incidents > 1 {
        let levels = (extent.levels / 3).max(2);
        if levels == extent.levels {
            // By the excess and some more, since not all of the data is incidents.
            extent.incidents = kept.rows.len() * room / data.len() * 7 / 8;
            kept = Kept::new(weekly, extent.incidents);
        }
        extent.levels = levels;
        data = packed(weekly, &kept, extent)?;
    }
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.add_template("page", TEMPLATE)?;
    Ok(templates.get_template("page")?.render(context! {
        style => STYLE,
        script => SCRIPT,
        style_hash => STYLE_HASH,
        script_hash => SCRIPT_HASH,
        data => data,
        answer => weekly.incidents.answer.as_str(),
        head => Serde(tiles::head(weekly, &kept)),
    })?)
}

/// The data as gzip in base64. The compressor is the one whose bytes depend on no feature of the processor; it writes no
/// time either.
fn packed(weekly: &Weekly<'_>, kept: &Kept<'_>, extent: Extent) -> Result<String, WeeklyError> {
    let json = serde_json::to_vec(&Data::new(weekly, kept, extent))?;
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
    let mut packed = vec![0; compressor.gzip_compress_bound(json.len())];
    // It fails only for want of room, and the bound is enough.
    let len = compressor.gzip_compress(&json, &mut packed).unwrap_or(0);
    Ok(STANDARD.encode(&packed[..len]))
}

#[cfg(test)]
mod tests;
