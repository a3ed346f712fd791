// A photo smaller than the phone has made it, and without its position. 12 megapixels of 4 MB become 0.6 MB, and small
// print stays readable.
const MAX_SIDE = 2400, QUALITY = 0.85;
async function makeSmallPhoto(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, {imageOrientation: "from-image"});
    const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale); canvas.height = Math.round(picture.height * scale);
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff"; drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.imageSmoothingQuality = "high";
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return small && small.size < file.size ? new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", {type: small.type}) : file;
  } catch { return file; }  // the centre says what is wrong with it
}
