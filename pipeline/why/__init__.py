"""Why a model answered as it did, for one clip: numbers only; the words are the dashboard's.

    windows.py    which windows carried the answer
    unusual.py    which features are unusual for the answered genre
    sets.py       the genres that a 90 % set holds
    pairs.py      which models disagree, and how often they do
    occlusion.py  where in the spectrogram a network listened (on request)
    reasons.py    all of these but the last, for ``pipeline.predict``

What was measured on other tracks comes from tables under ``results/analysis``; where one is not
there, its part is null and the rest stands. Must not import TensorFlow, LightGBM or scikit-learn.
"""
