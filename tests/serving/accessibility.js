// Returns everything on a page that keeps somebody from using it.
() => {
  const problems = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const show = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const say = (what, element) => problems.push(`${what}: ${show(element)}`);

  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    if (element.hasAttribute("aria-label")) return element.getAttribute("aria-label");
    if (element.labels?.length) return [...element.labels].map((one) => one.textContent).join(" ");
    const copy = element.cloneNode(true);
    copy.querySelectorAll('[aria-hidden="true"]').forEach((one) => one.remove());
    const alts = [...copy.querySelectorAll("img")].map((one) => one.alt);
    return [copy.textContent, ...alts].join(" ");
  };

  if (!document.documentElement.lang) problems.push("the page names no language");
  if (!document.title.trim()) problems.push("the page has no title");
  for (const [what, selector] of Object.entries({
    main: "main", banner: "body > header", contentinfo: "body > footer", navigation: "header nav",
  })) if (all(selector).length !== 1) problems.push(`${all(selector).length} landmarks of ${what}`);
  if (!document.querySelector("a.skip[href='#main']")) problems.push("no link skips to the content");
  if (!document.querySelector("[aria-live]")) problems.push("nothing announces results");

  for (const element of all("a[href], button, input, select, summary, [role=switch], nav, [role=region], [role=img], dialog[open], form[role=search] input"))
    if (!nameOf(element).trim()) say("no name", element);
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) say("no alt", image);
  for (const image of all("img")) if (!image.width || !image.getAttribute("height")) say("no size", image);

  const headings = all("h1, h2, h3, h4, h5, h6").filter((one) => !one.closest("dialog"));
  let level = 0;
  for (const heading of headings) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say(`heading after level ${level}`, heading);
    level = next;
  }
  const first = headings.filter((one) => one.tagName === "H1");
  if (first.length !== 1) problems.push(`${first.length} headings of level 1`);

  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) problems.push(`id ${id} repeats`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"])
    for (const element of document.querySelectorAll(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(" "))
        if (id !== "why-title" && !document.getElementById(id)) say(`${attribute} names nothing`, element);

  const inText = (element) => element.closest("p, li, td, th, dd") && element.tagName === "A";
  for (const element of all("a[href], button, input[type=search], summary")) {
    const box = element.getBoundingClientRect();
    if (!inText(element) && !element.matches(".skip") && (box.width < 24 || box.height < 24)) say("too small", element);
  }

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] > 220) return colour;
    }
    return parse(getComputedStyle(document.body).backgroundColor);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !seen(element) || element.closest(".unseen, .skip, template")) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, element);
  }
  return problems;
}
