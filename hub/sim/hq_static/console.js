// Looks twice a second whether something is new, and then fetches the page's middle anew; a name being typed stays.
"use strict";
async function look() {
  try {
    const live = document.getElementById("live");
    const { version } = await (await fetch("/version")).json();
    const typing = live.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
    if (String(version) !== live.dataset.version && !typing) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      live.replaceWith(page.getElementById("live"));
    }
  } finally {
    setTimeout(look, 500);
  }
}
look().catch(() => {});
