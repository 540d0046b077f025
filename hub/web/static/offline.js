// Says when the hub was reached last, as the service worker has noted it.
"use strict";
fetch("/offline/seen").then((answer) => answer.text()).then((text) => {
  const at = new Date(Number(text));
  if (Number.isNaN(at.getTime())) return;
  const since = document.getElementById("since");
  since.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang);
  since.hidden = false;
}).catch(() => {});
setInterval(() => location.reload(), 30000);
