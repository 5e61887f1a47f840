S Yesterday I go to the market with my mother .
A 2 3|||R:VERB:TENSE|||went|||REQUIRED|||-NONE-|||0

S My teacher gave me a advice about the exam .
A 4 5|||U:DET||||||REQUIRED|||-NONE-|||0
A 4 6|||R:NOUN|||some advice|||REQUIRED|||-NONE-|||1

S She have two brother and one sister .
A 1 2|||R:VERB:SVA|||has|||REQUIRED|||-NONE-|||0
A 3 4|||R:NOUN:NUM|||brothers|||REQUIRED|||-NONE-|||0

S I am living in this city since five years .
A 1 3|||R:VERB:TENSE|||have been living|||REQUIRED|||-NONE-|||0
A 6 7|||R:PREP|||for|||REQUIRED|||-NONE-|||0

S The children was playing in garden when the rain started .
A 2 3|||R:VERB:SVA|||were|||REQUIRED|||-NONE-|||0
A 5 5|||M:DET|||the|||REQUIRED|||-NONE-|||0

S We discussed about the problem in the meeting .
A 2 3|||U:PREP||||||REQUIRED|||-NONE-|||0

S He is more taller than his father .
A 2 3|||U:ADV||||||REQUIRED|||-NONE-|||0

S I look forward to see you at the wedding next week .
A 4 5|||R:VERB:FORM|||seeing|||REQUIRED|||-NONE-|||0

S The food in this restaurant are very good and cheap .
A 5 6|||R:VERB:SVA|||is|||REQUIRED|||-NONE-|||0

S If I will get a new job , I will buy a small house .
A 2 4|||R:VERB:TENSE|||get|||REQUIRED|||-NONE-|||0
A 2 4|||R:VERB|||find|||REQUIRED|||-NONE-|||1

S My friend did n't came to school today because he was ill .
A 4 5|||R:VERB:FORM|||come|||REQUIRED|||-NONE-|||0

S Can you explain me this question please ?
A 3 3|||M:PREP|||to|||REQUIRED|||-NONE-|||0
A 6 6|||M:PUNCT|||,|||REQUIRED|||-NONE-|||0

S I want to learn to play the guitar this summer .
A -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||0
A -1 -1|||noop|||-NONE-|||REQUIRED|||-NONE-|||1

S The informations on the website was not usefull for the students .
A 1 2|||R:NOUN:INFL|||information|||REQUIRED|||-NONE-|||0
A 7 8|||R:SPELL|||useful|||REQUIRED|||-NONE-|||0

S It depends of the weather whether we will go to the beach .
A 2 3|||R:PREP|||on|||REQUIRED|||-NONE-|||0

S Every student must to bring a pen and a notebook to the class .
A 3 4|||U:PART||||||REQUIRED|||-NONE-|||0

