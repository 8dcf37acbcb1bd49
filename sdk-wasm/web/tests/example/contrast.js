/**
 * The texts of the page whose contrast is below what WCAG AA asks for (4.5, and 3 for large ones). Run in the page. What is
 * disabled need have none.
 */
export function contrasts() {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((it) => it / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const color = rgba(getComputedStyle(it).backgroundColor);
      if (color[3] === 255) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const hasText = (element) => [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim());
  return [...document.querySelectorAll("body *")]
    .filter((it) => hasText(it) && !it.closest("script, :disabled, .unseen") && it.checkVisibility())
    .map((element) => {
      const style = getComputedStyle(element);
      const [low, high] = [luminance(rgba(style.color).slice(0, 3)), luminance(behind(element))].sort((one, other) => one - other);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      return { text: element.textContent.trim().slice(0, 40), contrast: (high + 0.05) / (low + 0.05), needed: large ? 3 : 4.5 };
    })
    .filter(({ contrast, needed }) => contrast < needed);
}
