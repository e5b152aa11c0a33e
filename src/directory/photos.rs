//! A photograph as it is shown: made anew from its pixels, upright, no larger than a page needs, and without anything that a
//! camera or a program wrote into the file. Where somebody was when they took it is nobody's business.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage};
use tokio::sync::Semaphore;

use crate::error::Error;

/// The longest side, in pixels.
const LONGEST: u32 = 1_600;
/// The most pixels that are read: a file of few bytes can hold very many.
const MOST_PIXELS: u64 = 40_000_000;
/// The most that the pixels may need in memory, in bytes.
const MOST_BYTES: u64 = 4 * MOST_PIXELS;
/// The longest side that is read, in pixels.
const LONGEST_READ: u32 = 20_000;
/// The quality of the JPEG, of 100.
const QUALITY: u8 = 82;
/// One at a time: each needs its pixels in memory.
static ONE: Semaphore = Semaphore::const_new(1);

/// A photograph that is ready to be shown: a JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// Makes a photograph ready, off the request's thread, one after the other.
///
/// # Errors
/// What is wrong with the file, to be said beside the field.
pub async fn prepared(bytes: Vec<u8>) -> Result<Result<Photo, &'static str>, Error> {
    let turn = ONE.acquire().await.map_err(|cause| Error::internal("waiting for a photograph", cause))?;
    // The work has its turn until it ends, also when nobody waits for it any more.
    let work = move || {
        let made = made_anew(&bytes);
        drop(turn);
        made
    };
    let made = tokio::task::spawn_blocking(work).await;
    made.map_err(|cause| Error::internal("making a photograph", cause))
}

fn made_anew(bytes: &[u8]) -> Result<Photo, &'static str> {
    let unreadable = |_| "This picture cannot be read. Choose a JPEG or a PNG.";
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| "This file cannot be read.")?;
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > LONGEST_READ {
        return Err("This picture is more than 20,000 pixels wide or high. Make it smaller first.");
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return Err("This picture has more than 40 million pixels. Make it smaller first.");
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGEST {
        picture = picture.resize(LONGEST, LONGEST, FilterType::Triangle);
    }
    let pixels = on_white(&picture);
    let (width, height) = pixels.dimensions();
    let mut made = vec![];
    JpegEncoder::new_with_quality(&mut made, QUALITY).encode_image(&pixels).map_err(unreadable)?;
    Ok(Photo { bytes: made, width, height })
}

/// What is transparent becomes white, as the page is.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let seen = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        Rgb([seen(red, alpha), seen(green, alpha), seen(blue, alpha)])
    })
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = vec![];
        let picture =
            RgbaImage::from_fn(
                width,
                height,
                |x, _| if x < width / 2 { Rgba([200, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) },
            );
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    /// The same JPEG with what a camera writes: that it was held upright, and where.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        tiff.extend(b"taken at 50.7148, -2.4377");
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(tiff);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_large_picture_becomes_a_small_jpeg_on_white() {
        let photo = made_anew(&png(3_200, 800)).unwrap();
        assert_eq!((photo.width, photo.height), (1_600, 400));
        assert!(photo.bytes.starts_with(&[0xff, 0xd8, 0xff]));
        let shown = image::load_from_memory(&photo.bytes).unwrap().to_rgb8();
        assert!(shown.get_pixel(1_500, 200).0.iter().all(|part| *part > 250), "nothing shows through");
        assert!(shown.get_pixel(100, 200).0[0] > 180);
    }

    #[test]
    fn it_is_turned_upright_and_says_nothing_of_where_it_was_taken() {
        let jpeg = made_anew(&png(40, 20)).unwrap().bytes;
        let sent = with_exif(&jpeg, 6);
        let photo = made_anew(&sent).unwrap();
        assert_eq!((photo.width, photo.height), (20, 40));
        let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
        assert!(has(&sent, b"50.7148") && !has(&photo.bytes, b"50.7148") && !has(&photo.bytes, b"Exif"));
    }

    #[test]
    fn what_is_no_picture_or_too_many_pixels_is_refused() {
        for bytes in [&b"\xff\xd8\xff\xe0 no picture"[..], b"\x89PNG\r\n\x1a\n", b"", b"<svg/>"] {
            assert!(made_anew(bytes).is_err(), "{bytes:?}");
        }
        let mut large = png(2, 2);
        // The header says that it is 65,535 pixels wide and high.
        large[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert!(made_anew(&large).is_err());
    }
}
