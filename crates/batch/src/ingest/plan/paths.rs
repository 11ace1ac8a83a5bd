//! The files that the command's paths mean.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::InputFile;
use crate::ingest::reader::{ENDINGS, ending};

/// The files of paths and folders, by name. In a folder, files of other endings and hidden ones are
/// not data and are passed over; a path that does not exist is an error.
pub fn input_files(paths: &[PathBuf]) -> Result<Vec<InputFile>> {
    if paths.is_empty() {
        bail!("no file was given; name files or a folder");
    }
    let mut files: Vec<InputFile> = Vec::new();
    for path in paths {
        let about = fs::metadata(path).with_context(|| {
            format!("{} does not exist or cannot be read; check the path", path.display())
        })?;
        if about.is_dir() {
            let found = in_folder(path)?;
            if found.is_empty() {
                bail!(
                    "{} holds no data file; the endings are {} (.gz may follow)",
                    path.display(),
                    ENDINGS.join(", ")
                );
            }
            files.extend(found);
        } else {
            files.push(input_file(path));
        }
    }
    for (i, file) in files.iter().enumerate() {
        if let Some(other) = files[..i].iter().find(|other| other.name == file.name) {
            bail!(
                "{} and {} have the same name, by which their rows are reported; rename one or \
                 ingest them one after the other",
                other.path.display(),
                file.path.display()
            );
        }
    }
    Ok(files)
}

fn in_folder(folder: &Path) -> Result<Vec<InputFile>> {
    let cannot = || format!("{} cannot be listed", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let file = input_file(&path);
        if is_data_file(&file.name) && path.is_file() {
            files.push(file);
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Whether a file of a folder is data, by its name: not one of another ending, nor a hidden one.
pub fn is_data_file(name: &str) -> bool {
    ENDINGS.contains(&ending(name).as_str())
        && !name.starts_with(['.', '~'])
        && !name.ends_with(".report.txt")
}

fn input_file(path: &Path) -> InputFile {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    InputFile { path: path.to_owned(), name }
}
