"""What the Help page says besides metrics and protocols: intervals, how to read pages, keys."""

INTERVALS = (
    "Every score is written 0.53 [0.47, 0.58]: the value, and in brackets its 95 % interval. Were "
    "the test repeated with other songs of the same kind, about 95 of 100 such intervals would "
    "hold the true value.",
    "An interval is only as honest as its unit. Three-second pieces of one song are near copies of "
    "each other, and songs by one artist resemble each other, so the unit that counts is what a "
    "protocol holds out: the song, or under the “new artist” protocols the artist.",
)
HOW_MADE = {
    "Wilson interval": (
        "For shares of songs that are independent of each other: accuracy, precision and recall in "
        "songs under the protocols that hold out songs. It stays between 0 and 1 and is right for "
        "few songs too (Wilson 1927)."
    ),
    "Bootstrap over songs or artists": (
        "For everything else: as many songs (or artists) as there are in the test part are drawn "
        "with replacement, again and again, and the score is computed each time; the interval "
        "holds the middle 95 % of these. Segments are never drawn alone."
    ),
    "Paired intervals": (
        "For a difference of two models or two variants: the same draws for both, so that what is "
        "hard for both cancels out."
    ),
    "Spread over seeds": (
        "No interval of this kind, but how far a score moves when split and model are drawn anew; "
        "it stands beside published figures, which came from one draw."
    ),
}

# by the name of the page's folder in the address; "/" is the Overview
PAGES = {
    "/": (
        "Overview",
        "One line a model, from the published way of testing on the left to new artists on the "
        "right: the further a line falls, the less of the published score holds for music that the "
        "model has not heard. Tick models in the table below to compare them.",
    ),
    "/model": (
        "Model",
        "One model under one protocol. Read the chips for its scores, the dots for its best and "
        "worst genres, the matrix for what it takes for what; each cell opens its songs.",
    ),
    "/compare": (
        "Compare",
        "Any number of models on the same songs. The difference of two matrices shows where A "
        "answers more often than B; the last cards say whether one is better or both are tied.",
    ),
    "/tracks": (
        "Tracks",
        "Every tested song with what each chosen model answers. Filters are in the address, so a "
        "list can be sent to somebody; a row opens the song.",
    ),
    "/explore": (
        "Explore",
        "Features against each other, their distributions by genre, what a model costs against "
        "what it scores, and every trial of a search.",
    ),
    "/clusters": (
        "Clusters",
        "The songs as points by what their features say, without labels. Points near each other "
        "sound alike to the features; draw a lasso around some to list them.",
    ),
    "/data": (
        "Data",
        "What the models learn from: songs by genre, one feature at a time, copies and doubtful "
        "labels. Each doubtful track opens on the Tracks page.",
    ),
    "/robustness": (
        "Robustness",
        "Whole clips are compressed, filtered, detuned or cut, and heard again by models that were "
        "fitted without them: how many answers stay, and how many are right. Choose an alteration "
        "to see its levels alone.",
    ),
    "/predict": (
        "Predict",
        "Your own song, heard by every model at once. One lane a model: colour is the genre of "
        "each few seconds, strength how sure the model is; beside it stands how often that model "
        "is right for new artists.",
    ),
    "/present": (
        "Present",
        "Figures and lists that were added from other pages, in your order, full screen: every "
        "card offers it under “More”. Of a long list a scene draws the first rows. A presentation "
        "keeps the results that it was made with, and says when they have changed.",
    ),
}

EVERY_PAGE = (
    "Each figure sits in a card: a sentence that says what it shows, the figure, and the same "
    "numbers as a table. What is chosen is in the address: Back, reload and a copied link show the "
    "same again, and Reset shows the page as it is at first.",
    "Marks that can be clicked change the pointer. A click on a cell of a matrix, on a dot of a "
    "genre, on a point of a map or on a doubtful label opens the songs behind it, with a way back; "
    "in the table of a card the same numbers are links. On a touch screen the first tap shows the "
    "label, the second follows it.",
)

KEYS = {
    "Everywhere": {
        "Tab, Shift + Tab": "next and previous control, link or button; what has the focus is "
        "framed",
        "Enter, Space": "follow a link, press a button, tick a box",
        "Arrow keys": "move between the options of a switch, or scroll a table that has the focus",
        "Esc": "close the menu or an open window",
    },
    "Tracks": {
        "J, K": "next and previous track of the list",
        "Space": "play and pause",
        "1 to 9": "let that model lead: the filters speak of it",
        "Enter": "open the song of the row that has the focus",
        "Esc": "close the song",
        "?": "list these keys, and switch them off",
    },
    "Present, full screen": {
        "Right, Down, Page down, Space, Enter": "next scene",
        "Left, Up, Page up, Backspace, Shift + Space": "previous scene",
        "Home, End": "first and last scene",
        "T": "the numbers of a scene instead of its figure, and back",
        "S": "notes of the speaker in a second window",
        "F": "full screen, and back to the window",
        "Esc": "end the presentation",
    },
}

SOURCES = (
    ("Tzanetakis & Cook 2002", "Musical genre classification of audio signals", "the collection"),
    (
        "Sturm 2012",
        "An analysis of the GTZAN music genre dataset",
        "the first account of its copies, labels and distortions",
    ),
    (
        "Sturm 2013",
        "The GTZAN dataset: Its contents, its faults, their effects on evaluation, and its future "
        "use",
        "every track identified, faults listed, artists named",
    ),
    (
        "Kereliuk, Sturm & Larsen 2015",
        "Deep Learning and Music Adversaries",
        "the fault-filtered list that “new artist, faults removed” uses",
    ),
    (
        "Foleiss & Tavares 2020",
        "Texture selection for automatic music genre classification",
        "the three folds by artist",
    ),
    (
        "Defferrard, Benzi, Vandergheynst & Bresson 2017",
        "FMA: A Dataset for Music Analysis",
        "the other collection",
    ),
)
FAULT_FINDERS = SOURCES[1:4]
