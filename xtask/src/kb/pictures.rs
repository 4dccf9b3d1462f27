//! The pictures that lie beside articles: an import sends them first, and its articles show them by their new addresses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use buoy_shared::{
    markdown::references,
    upload::{FILE_KINDS, FileKind, PICTURE_BYTES_MAX},
};

use super::{
    folder::Folder,
    targets::{Places, Target},
};

/// Where each picture of a folder is shown from, by its file.
pub(super) type Addresses = BTreeMap<PathBuf, String>;

/// A picture as it is sent.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) file: PathBuf,
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Reads a file as a picture of an article.
///
/// # Errors
/// Why an edge would not take it, in words for its author.
pub(super) fn read(file: &Path) -> Result<Picture, String> {
    let bytes = fs::read(file).map_err(|_| "cannot be read".to_owned())?;
    let kinds = FILE_KINDS.iter().filter_map(|kind| FileKind::of_picture(kind.content_type));
    let kind = kinds.into_iter().find(|kind| kind.fits(&bytes));
    let Some(kind) = kind else {
        return Err("is not brought along: articles show PNG, JPEG, GIF and WebP".to_owned());
    };
    if bytes.len() > PICTURE_BYTES_MAX {
        let (kilobytes, most) = (bytes.len().div_ceil(1024), PICTURE_BYTES_MAX / 1024);
        return Err(format!("is not brought along: {kilobytes} KB, and a picture has at most {most}"));
    }
    Ok(Picture { file: file.to_path_buf(), content_type: kind.content_type, bytes })
}

/// Every picture that an import brings along, once, in the order of their paths.
pub(super) fn of(folder: &Folder) -> Vec<Picture> {
    let places = Places::of(folder);
    let mut files = BTreeSet::new();
    for source in &folder.articles {
        for reference in references(&source.markdown) {
            if let Target::File(file) = places.target(source, &reference) {
                files.insert(file);
            }
        }
    }
    files.iter().filter_map(|file| read(file).ok()).collect()
}

/// Sends pictures by `send`, which gives the address of each. An address follows from the bytes, so that a second import
/// changes nothing.
pub(super) fn sent(pictures: &[Picture], mut send: impl FnMut(&Picture) -> Result<String>) -> Result<Addresses> {
    let address = |picture: &Picture| {
        let address = send(picture).with_context(|| format!("{} was not taken", picture.file.display()))?;
        Ok((picture.file.clone(), address))
    };
    pictures.iter().map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::check::findings;

    const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00";

    fn folder(name: &str, article: &str, files: &[(&str, &[u8])]) -> Folder {
        let root = std::env::temp_dir().join(format!("buoy-kb-pictures-{name}-{}", std::process::id()));
        for (file, bytes) in files.iter().copied().chain([("en/pay.md", article.as_bytes())]) {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        Folder::read(&root, "en").unwrap()
    }

    #[test]
    fn k3_pictures_beside_an_article_are_sent_once_and_shown_by_their_new_addresses() {
        let article = "# Pay\n\n![a](i.gif) ![b](img/my%20page.gif \"t\") ![c](<img/my page.gif>)\n\n<img src=\"/en/i.gif\" alt=\"d\">\n\n\
            [large](i.gif) ![e][r] ![f](https://x.example/i.gif)\n\n[r]: ./i.gif\n";
        let folder = folder("sent", article, &[("en/i.gif", GIF), ("en/img/my page.gif", b"GIF87a other")]);
        assert!(findings(&folder).is_empty(), "{:?}", findings(&folder));
        let mut seen = Vec::new();
        let addresses = sent(&of(&folder), |picture| {
            seen.push((picture.content_type, picture.bytes.len()));
            Ok(format!("/help/pictures/site_x/{}.gif", picture.bytes.len()))
        });
        assert_eq!(seen, [("image/gif", GIF.len()), ("image/gif", 12)]);
        let [article] = folder.for_import(&addresses.unwrap()).try_into().unwrap();
        let shown: Vec<String> = references(&article.markdown).into_iter().map(|reference| reference.target).collect();
        let (small, other) = ("/help/pictures/site_x/10.gif", "/help/pictures/site_x/12.gif");
        assert_eq!(
            shown,
            [small, other, other, small, small, small, "https://x.example/i.gif"],
            "{}",
            article.markdown
        );
        fs::remove_dir_all(&folder.root).unwrap();
    }

    #[test]
    fn k3_what_an_import_cannot_bring_along_is_named() {
        let article = "# Pay\n\n![a](i.svg)\n![b](large.gif)\n[c](terms.pdf)\n![d](fine.gif)\n";
        let large = [GIF, &[0; PICTURE_BYTES_MAX]].concat();
        let files: [(&str, &[u8]); 4] =
            [("en/i.svg", b"<svg/>"), ("en/large.gif", &large), ("en/terms.pdf", b"%PDF-1"), ("en/fine.gif", GIF)];
        let folder = folder("named", article, &files);
        let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "en/pay.md:3: i.svg: is not brought along: articles show PNG, JPEG, GIF and WebP",
                "en/pay.md:4: large.gif: is not brought along: 1025 KB, and a picture has at most 1024",
                "en/pay.md:5: terms.pdf: is not brought along: articles show PNG, JPEG, GIF and WebP",
            ]
        );
        assert_eq!(of(&folder).len(), 1);
        fs::remove_dir_all(&folder.root).unwrap();
    }
}
