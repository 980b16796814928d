"""Every page that anybody can reach, in both languages and all widths, on a year that is half over.

routes     which pages there are, read off the applications, and who may open them
addresses  where each of them lies in the lived year
checks     what is asked of every page
look.js    the same, where a browser must be asked
"""
