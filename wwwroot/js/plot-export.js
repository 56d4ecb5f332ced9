// <button data-export="svg" data-name="lengths"> inside an element with [data-plot] saves the drawing beside it as it looks now, without the page's style sheet.

const properties = ["fill", "stroke", "stroke-width", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline", "paint-order", "stroke-dasharray", "fill-opacity"];

function standalone(svg) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    to[i].setAttribute("style", properties.map(p => `${p}:${style.getPropertyValue(p)}`).join(";"));
  });
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", width);
  ground.setAttribute("height", height);
  ground.setAttribute("fill", getComputedStyle(document.documentElement).getPropertyValue("--lab-surface").trim() || "#ffffff");
  copy.prepend(ground);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function exportPlot(button) {
  const { text, width, height } = standalone(button.closest("[data-plot]").querySelector("svg[data-drawing]"));
  const svg = new Blob([text], { type: "image/svg+xml" });
  if (button.dataset.export === "svg") return save(svg, `${button.dataset.name}.svg`);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(blob => save(blob, `${button.dataset.name}.png`), "image/png");
}

document.addEventListener("click", e => {
  const button = e.target.closest?.("[data-export]");
  if (button) exportPlot(button);
});
