/* A presentation as a file and as a link. The file holds everything; the link only which cards, with
   titles and notes, and the figures are fetched anew where it is opened. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const PREFIX = "#scenes=";
  const MOST_LINK = 200000; // characters of a link, and bytes of what it unpacks to
  const LONG_LINK = 8000; // some chat programs cut what is longer

  /* A file name of the title: letters and digits of any script, hyphens between. */
  function fileName(deck, ending) {
    const words = (deck.title || "presentation").toLowerCase().match(/[\p{L}\p{N}]+/gu) || ["presentation"];
    return "genrelens-" + words.join("-").slice(0, 60) + "." + ending;
  }

  function save(deck) {
    window.genrelens.download(fileName(deck, "json"), JSON.stringify(deck), "application/json");
  }

  /* The presentation in a file; throws an error with a message for people. */
  async function open(file) {
    const most = present.deck.LIMITS.fileBytes;
    if (file.size > most) {
      present.deck.refuse("“" + file.name + "” has " + Math.ceil(file.size / 1048576) +
        " MB; a presentation may have at most " + most / 1048576 + " MB.");
    }
    let value;
    try {
      value = JSON.parse(await file.text());
    } catch (error) {
      present.deck.refuse("“" + file.name + "” is no JSON file, or not a whole one. Open a file that " +
        "“Save as a file” wrote.");
    }
    return present.deck.read(value);
  }

  async function through(bytes, stream, most) {
    const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
      size += value.length;
      if (size > most) present.deck.refuse("This link holds more than a presentation can.");
      parts.push(value);
    }
  }

  function toText(bytes) {
    let letters = "";
    bytes.forEach(function (byte) { letters += String.fromCharCode(byte); });
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function toBytes(letters) {
    const plain = atob(letters.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  /* The address that opens these scenes anywhere. */
  async function link(deck) {
    const short = {
      t: deck.title,
      s: deck.scenes.map(function (one) { return [one.address, one.title, one.notes, one.hidden ? 1 : 0]; }),
    };
    const bytes = new TextEncoder().encode(JSON.stringify(short));
    const packed = await through(bytes, new CompressionStream("deflate-raw"), MOST_LINK);
    const address = window.location.origin + window.location.pathname + PREFIX + toText(packed);
    return { address: address, long: address.length > LONG_LINK };
  }

  function isLink(hash) {
    return hash.startsWith(PREFIX);
  }

  /* Title and wanted cards of a link; throws an error with a message for people. */
  async function readLink(hash) {
    if (hash.length > MOST_LINK) present.deck.refuse("This link is too long to be a presentation.");
    let short;
    try {
      const bytes = await through(toBytes(hash.slice(PREFIX.length)),
        new DecompressionStream("deflate-raw"), MOST_LINK);
      short = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      if (error.forPeople) throw error;
      present.deck.refuse("This link is damaged: a part of it may be missing. Ask for it again, or for " +
        "the file.");
    }
    return present.deck.readShort(short);
  }

  present.files = {
    save: save, open: open, link: link, isLink: isLink, readLink: readLink,
    fileName: fileName,
  };
})();
