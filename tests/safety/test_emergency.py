"""The emergency lexicon: calls for help in people's own words, and ordinary messages that come near them."""

import pytest

from bot.knowledge.store import load
from bot.safety.emergency import EmergencyLexicon
from bot.settings import ROOT

CALLS = {
    "en": """
        I am locked in
        they are threatening me
        EMERGENCY
        I AM IN DANGER
        what is the point, i want to die
        help me
        please help me now
        somebody help me please
        The police can't come because the door is locked and we are trapped inside
        they have locked all the girls in one room since monday pls
        he keeps the key, I have not left this flat for three weeks, I'm scared of him
        i will hang myself tonight
        I have a rope ready
        I swallowed poison
        i dont want to be alive anymore
        my madam is hitting me with a hanger
        he punched me in the face and I am bleeding
        he is strangling me every night
        they beat us with pipes when we rest
        he says he will slit my throat
        if i tell anybody they will murder my family
        the owner is pointing a pistol at us
        my husband wants to burn me alive
        my boss raped me this morning
        he comes to my bed at night and I can't stop him
        they bring men to my room and take the money
        they are forcing me to sleep with customers to pay the debt
        I was sold to a stranger for 3000 dollars
        they kidnapped my brother and ask for ransom
        the smugglers are keeping us in a warehouse until our families pay
        we are held in a scam centre with armed guards and can't get out
        they took my passport and say they will kill me if I run
        we have had no food for three days
        they don't give us water
        I am very sick, bleeding, and madam refuses to take me to hospital
        the driver abandoned us in the desert
        our boat is taking water, please send rescue
        they threw me out at midnight with no clothes
        two men are following me, I am hiding in a shop
        they want me to swallow drugs and fly tomorrow
        my daughter called me crying, she says they beat her
        I can't speak, they are in the room
        call the police please, address is Al Nahda street
        come and take me from this house please
        save me from this house
        rescue us
        911
        Pls save my life
        they will kil me 2nite
        am being held against my will
        dem don lock me inside, abeg come save me
        she keeps me indoors and carries the key in her bra, nobody knows I am here
        the gate has 2 padlocks, guards dont let any of us go, we are begging you
        my head is bleeding, he used a bottle
        sir hits me when I ask for salary, today my eye is closed
        I can't go on, there is a bridge near here
        please forgive me mama, I am ending everything tonight
        they put a knife on my neck
        the agent wants to give me to another man for money
        my cousin was taken by armed men on the road to Tripoli
        they hung him upside down and sent us the video
        since sunday we only drink from the toilet, no food
        my stomach is swelling and they say work or die
        we are 30 in the truck, children are fainting
        we have been at sea for 6 days and the engine died
        I ran from the house barefoot and his brother is looking for me
        I am under the bed, he is drunk and breaking things
        don't phone, text only, he checks
        my wife sent a voice message, she is screaming
        every night a different man, I am 17
        the manager says if I do not scam he will electrocute me again
        my baby is very sick and they refuse a doctor
        plz plz cm and tk me frm here
        im afraid he'll kill me
        somebody has to get us out of here
        is it normal here? he is beating me right now
        he said he'll burn me with the iron
        I heard that they will sell me tomorrow
        my boss nko ndani, he locked me in
    """,
    "fr": """
        je suis enfermée
        ils me menacent
        URGENCE
        JE SUIS EN DANGER
        aidez-moi vite
        aidez moi svp
        au secours
        à l'aide
        ma patronne m'a enfermée et elle est partie depuis trois jours
        la porte est verrouillée de l'extérieur, je ne peux pas sortir
        je vais me pendre ce soir
        je veux mourir
        j'ai pris du poison
        je ne veux plus vivre comme ça
        mon patron est en train de me frapper
        elle me frappe avec un bâton chaque jour
        il m'a cassé le bras et je saigne
        il menace de m'égorger
        il a sorti une machette
        il y a des hommes armés devant notre maison
        mon patron m'a violée ce matin
        il vient dans mon lit chaque nuit
        on m'oblige à coucher avec des clients
        on me force à me prostituer
        on m'a vendue à un homme
        ils ont kidnappé mon fils et demandent une rançon
        on est retenus dans un camp par des gardes armés, on ne peut pas partir
        il a mon passeport et il dit qu'il va me tuer si je pars
        on n'a rien mangé depuis trois jours
        ils ne nous donnent pas d'eau
        je suis très malade, je saigne et madame refuse de m'emmener à l'hôpital
        le passeur nous a abandonnés dans le désert
        notre bateau coule
        ils m'ont jetée dehors en pleine nuit
        deux hommes me suivent, je me cache dans un magasin
        ils veulent me faire avaler de la drogue
        ma soeur m'a appelée en pleurant, on la frappe
        je peux pas parler, ils sont à côté
        appelez la police s'il vous plaît
        sauvez-moi
        venez me chercher vite
        sortez moi de cette maison
        o secours
        je sui enfermé aidé moi
        il va me tué ce soir
        quelqu'un veut me tuer
        je suis séquestrée
        je suis retenue contre mon gré
        on me menace de mort
        il me frappe encore
        elle garde la clé sur elle et personne ne sait que je suis là
        le portail a deux cadenas, les gardes ne laissent personne partir, on vous supplie
        ma tête saigne, il a utilisé une bouteille
        il me frappe quand je demande mon salaire, aujourd'hui mon oeil est fermé
        pardonne moi maman, je finis tout ce soir
        ils m'ont mis un couteau sur la gorge
        l'agent veut me donner à un autre homme contre de l'argent
        mon cousin a été enlevé par des hommes armés sur la route de Tripoli
        ils l'ont pendu par les pieds et nous ont envoyé la vidéo
        depuis dimanche on boit l'eau des toilettes, pas de nourriture
        on est 30 dans le camion, des enfants s'évanouissent
        ça fait 6 jours en mer et le moteur est mort
        j'ai fui pieds nus et son frère me cherche
        je suis sous le lit, il est ivre et il casse tout
        n'appelez pas, écrivez seulement, il surveille
        ma femme a envoyé un vocal, elle hurle
        chaque nuit un homme différent, j'ai 17 ans
        si je n'arnaque pas il m'électrocute encore
        mon bébé est très malade et ils refusent un docteur
        svp vené me chercher
        j'ai peur qu'il me tue
        il faut nous sortir d'ici
        je ne suis pas en sécurité ici
        avant de partir ils m'ont enfermée et je ne peux pas sortir
        j'ai entendu dire qu'ils vont me vendre demain
    """,
    "pt": """
        estou trancada
        estou a ser ameaçada
        EMERGÊNCIA
        ESTOU EM PERIGO
        ajudem-me por favor
        socorro
        me ajuda por favor
        a minha patroa trancou-me e foi viajar
        a porta está trancada por fora, não consigo sair
        vou enforcar-me hoje
        quero morrer
        tomei veneno
        já não quero viver
        o patrão está a bater-me
        ela bate-me com um pau todos os dias
        partiu-me o braço e estou a sangrar
        ele diz que me vai matar
        ele tem uma catana na mão
        há homens armados à porta da nossa casa
        o meu patrão violou-me hoje de manhã
        ele vem à minha cama todas as noites
        obrigam-me a dormir com homens para pagar a dívida
        estou a ser obrigada a prostituir-me
        venderam-me a um homem
        raptaram o meu irmão e pedem resgate
        estamos presos num complexo com guardas armados e não podemos sair
        ele tem o meu passaporte e ameaça matar-me se eu fugir
        não comemos há três dias
        não nos dão água
        estou muito doente, a sangrar, e a patroa recusa levar-me ao hospital
        o passador abandonou-nos no deserto
        o nosso barco está a afundar
        puseram-me na rua à meia noite
        dois homens estão a seguir-me, estou escondida numa loja
        querem que eu engula droga
        a minha irmã ligou a chorar, dizem que lhe batem
        não posso falar, eles estão aqui
        chamem a polícia por favor
        salvem-me
        venham buscar-me
        tirem-me desta casa
        socoro me ajudem
        to trancada mi ajuda
        ele vai mi matar
        alguém quer matar-me
        fui sequestrada
        estou a ser mantida aqui contra a minha vontade
        ameaçam-me de morte
        ele bateu-me outra vez
        o patrão me bate muito
        ela anda com a chave e ninguém sabe que estou aqui
        o portão tem dois cadeados, os guardas não deixam ninguém sair, pedimos socorro
        a minha cabeça sangra, ele usou uma garrafa
        bate-me quando peço o salário, hoje tenho o olho fechado
        não aguento mais, há uma ponte perto daqui
        perdoa-me mãe, acabo tudo hoje
        puseram-me uma faca no pescoço
        o agente quer dar-me a outro homem por dinheiro
        o meu primo foi levado por homens armados na estrada
        penduraram-no pelos pés e mandaram o vídeo
        desde domingo só bebemos água da sanita, sem comida
        somos 30 no camião, as crianças estão a desmaiar
        há 6 dias no mar e o motor morreu
        deixou-me numa bomba de gasolina de noite, não conheço este país
        fugi descalça e o irmão dele anda à minha procura
        estou debaixo da cama, ele está bêbado a partir tudo
        não telefonem, só escrevam, ele vigia
        a minha mulher mandou um áudio, está a gritar
        cada noite um homem diferente, tenho 17 anos
        se eu não burlar dá-me choques outra vez
        o meu bebé está muito doente e recusam um médico
        pf venham m buscar
        tenho medo que ele me mate
        alguém tem de nos tirar daqui
        não me sinto segura aqui, ele ameaça-me
        ele trancou-me antes de ir trabalhar
        ouvi dizer que me vão vender amanhã
    """,
    "sw": """
        nimefungiwa
        nataka kujinyonga
        wananitishia
        NIKO HATARINI
        nisaidieni jamani
        dharura
        msaada wa haraka tafadhali
        tajiri amenifungia na ameondoka siku tatu
        mlango umefungwa kwa nje, siwezi kutoka
        nitajinyonga leo usiku
        nataka kujiua
        nimekunywa sumu
        sitaki tena kuishi
        bosi ananipiga sasa hivi
        madam ananipiga na fimbo kila siku
        amenivunja mkono na natoka damu
        anasema ataniua
        ana panga mkononi
        kuna watu wenye silaha nje ya nyumba yetu
        bosi amenibaka leo asubuhi
        anakuja kitandani kwangu kila usiku
        wananilazimisha kulala na wanaume ili nilipe deni
        nalazimishwa kufanya ukahaba
        wameniuza kwa mwanaume
        wamemteka kaka yangu na wanadai fidia
        tumeshikiliwa kambini na walinzi wana bunduki, hatuwezi kutoka
        ana pasipoti yangu na anatishia kuniua nikitoroka
        hatujala siku tatu
        hawatupi maji
        naumwa sana, natoka damu na madam anakataa kunipeleka hospitali
        dereva ametuacha jangwani
        boti yetu inazama
        wamenitupa nje usiku wa manane
        wanaume wawili wananifuata, nimejificha dukani
        wanataka nimeze dawa za kulevya
        dada yangu amepiga simu akilia, wanampiga
        siwezi kuongea, wako hapa
        iteni polisi tafadhali
        niokoeni
        njooni mnichukue
        nitoeni kwenye nyumba hii
        nsaidieni nmefungiwa
        atanimaliza leo
        kuna mtu anataka kuniua
        nimetekwa
        nimezuiliwa hapa bila hiari yangu
        ananitishia maisha
        amenipiga tena
        bosi ananitesa sana
        mwokoeni dada yangu, anauawa
        anaweka ufunguo kwake na hakuna anayejua niko hapa
        geti lina kufuli mbili, walinzi hawaruhusu mtu kutoka, tunawaomba
        kichwa kinatoka damu, alitumia chupa
        ananipiga nikiomba mshahara, leo jicho limefunga
        nisamehe mama, namaliza yote leo usiku
        wameniwekea kisu shingoni
        wakala anataka kunipa kwa mwanaume mwingine kwa pesa
        binamu yangu amechukuliwa na watu wenye bunduki njiani
        wamemning'iniza miguu juu na kututumia video
        tangu jumapili tunakunywa maji ya choo, hakuna chakula
        tuko 30 kwenye lori, watoto wanazimia
        siku 6 baharini na injini imekufa
        ameniacha kituo cha mafuta usiku, siijui nchi hii
        nimekimbia bila viatu na kaka yake ananitafuta
        niko chini ya kitanda, amelewa anavunja vitu
        msipige, andikeni tu, anakagua simu
        mke wangu ametuma sauti, anapiga kelele
        kila usiku mwanaume tofauti, nina miaka 17
        nisipotapeli ananipiga shoti tena
        mtoto wangu anaumwa sana na wanakataa daktari
        tfdhl njoo unichukue
        naogopa ataniua
        mtu atutoe humu
        sijisikii salama hapa, ananitisha
        bosi amenifungia kabla ya kusafiri
        nimesikia kwamba wataniuza kesho
        wanatishia kuniua
    """,
}

ORDINARY = {
    "en": """
        my boss hit me last week, where can I complain
        is it allowed that my employer locks the gate at night
        they took my phone and i only get it fridays, can employer do that
        can an employer keep my passport
        what is human trafficking
        what number do I call in an emergency in Qatar
        how can I avoid being trafficked
        is it legal to pay an agent 2000 dollars
        my madam shouts at me, what are my rights
        I want to come home, how do I do it
        I need help with my contract
        can you help me find a job in Dubai
        how do I report an agency
        I was not paid for three months, who can help me
        my brother was arrested in Malaysia, what can I do
        I lost my passport at the airport
        my sister has not called for two weeks
        I am very homesick and sad
        I am sick, do they have to pay my hospital
        I fell at work, do I get compensation
        how much is the ticket
        is the boat to Mayotte dangerous
        are there scam jobs in Cambodia
        they say there are armed guards on the farm, is this a bad sign
        the agent wants to hold my passport until I pay
        can they send me home if I am pregnant
        thank you very much
        my employer does not let me have a boyfriend
        what does the law say about beating workers
        my friend was beaten by her boss in Oman two years ago, can she still go to court
        are we allowed to leave the compound on sunday
        is it dangerous to work in Saudi Arabia
        save my number please
        please call me tomorrow
        I want to sell my car before I go
        how do I save money
        my cousin wants to kill time until his visa comes
        the camp is far from the town, how do I get there
        we were promised food and water, who pays for it
        can I take my medicine pills with me on the plane
        what if my employer locks me in
        what happens if my employer takes my passport and beats me
        what is forced prostitution
    """,
    "fr": """
        Madame m'a giflée la semaine passée. Est-ce que je peux porter plainte ?
        est-ce permis que le patron ferme la porte la nuit
        mon patron a pris mon téléphone, a-t-il le droit
        un employeur peut-il garder mon passeport
        c'est quoi la traite des personnes
        quel numéro appeler en cas d'urgence au Qatar
        comment éviter d'être victime de traite
        est-ce légal de payer 2000 dollars à un agent
        madame crie sur moi, quels sont mes droits
        je veux rentrer au pays, comment faire
        j'ai besoin d'aide pour mon contrat
        pouvez-vous m'aider à trouver un travail à Dubaï
        comment dénoncer une agence
        on ne m'a pas payé depuis trois mois
        mon frère a été arrêté en Malaisie, que faire
        j'ai perdu mon passeport à l'aéroport
        ma soeur ne m'a pas appelée depuis deux semaines
        je suis triste et ma famille me manque
        je suis malade, qui paie l'hôpital
        je suis tombé au travail, ai-je droit à une indemnité
        combien coûte le billet
        le bateau pour Mayotte est-il dangereux
        y a-t-il des fausses annonces au Cambodge
        l'agent veut garder mon passeport jusqu'à ce que je paie
        peut-on me renvoyer si je suis enceinte
        merci beaucoup
        que dit la loi sur les coups au travail
        mon amie a été battue par sa patronne il y a deux ans, peut-elle aller en justice
        a-t-on le droit de sortir du camp le dimanche
        est-ce dangereux de travailler en Arabie saoudite
        gardez mon numéro svp
        appelez-moi demain
        je veux vendre ma voiture avant de partir
        comment économiser de l'argent
        le camp est loin de la ville, comment y aller
        on nous a promis la nourriture, qui la paie
        puis-je emporter mes médicaments dans l'avion
        aidez-moi à remplir le formulaire
        que faire si un employeur m'enferme
        que se passe-t-il si on me frappe au travail
    """,
    "pt": """
        o meu patrão bateu-me na semana passada, onde posso queixar-me
        é permitido o patrão fechar a porta à noite
        tiraram-me o telefone e só o tenho à sexta, o patrão pode fazer isso
        um empregador pode ficar com o meu passaporte
        o que é o tráfico de pessoas
        qual é o número de emergência no Qatar
        como evitar ser traficada
        é legal pagar 2000 dólares a um agente
        a patroa grita comigo, quais são os meus direitos
        quero voltar para casa, como faço
        preciso de ajuda com o meu contrato
        podem ajudar-me a encontrar trabalho no Dubai
        como denunciar uma agência
        não me pagam há três meses
        o meu irmão foi preso na Malásia, o que faço
        perdi o passaporte no aeroporto
        a minha irmã não liga há duas semanas
        estou triste e com saudades
        estou doente, quem paga o hospital
        caí no trabalho, tenho direito a indemnização
        quanto custa o bilhete
        o barco para Mayotte é perigoso
        há anúncios falsos no Camboja
        o agente quer ficar com o passaporte até eu pagar
        podem mandar-me embora se estiver grávida
        muito obrigada
        o que diz a lei sobre bater nos trabalhadores
        a minha amiga foi agredida pela patroa há dois anos, ainda pode ir a tribunal
        podemos sair do acampamento ao domingo
        é perigoso trabalhar na Arábia Saudita
        guarda o meu número por favor
        liguem-me amanhã
        quero vender o carro antes de partir
        como poupar dinheiro
        o acampamento fica longe da cidade, como vou
        prometeram comida, quem paga
        posso levar os meus comprimidos no avião
        ajudem-me a preencher o formulário
        o que faço se o patrão me bater
        o que acontece se me trancarem em casa
    """,
    "sw": """
        bosi alinipiga wiki iliyopita, naweza kulalamika wapi
        inaruhusiwa mwajiri kufunga geti usiku
        wamechukua simu yangu naipata ijumaa tu, mwajiri anaruhusiwa
        mwajiri anaweza kushika pasipoti yangu
        usafirishaji haramu wa binadamu ni nini
        namba gani ya dharura Qatar
        naepukaje kuuzwa na mawakala
        ni halali kumlipa wakala dola 2000
        madam ananifokea, haki zangu ni zipi
        nataka kurudi nyumbani, nifanyeje
        nahitaji msaada kuhusu mkataba wangu
        mnaweza kunisaidia kupata kazi Dubai
        naripoti vipi wakala
        sijalipwa miezi mitatu
        kaka yangu amekamatwa Malaysia, nifanye nini
        nimepoteza pasipoti uwanja wa ndege
        dada yangu hajapiga simu wiki mbili
        nimekumbuka nyumbani na nina huzuni
        naumwa, nani analipa hospitali
        nilianguka kazini, nitapata fidia
        tiketi ni bei gani
        boti ya kwenda Mayotte ni hatari
        kuna kazi za uongo Cambodia
        wakala anataka kukaa na pasipoti mpaka nilipe
        wanaweza kunirudisha nikiwa na mimba
        asante sana
        sheria inasema nini kuhusu kupiga wafanyakazi
        rafiki yangu alipigwa na mwajiri miaka miwili iliyopita, anaweza kushtaki
        tunaruhusiwa kutoka kambini jumapili
        ni hatari kufanya kazi Saudia
        hifadhi namba yangu tafadhali
        nipigie kesho
        nataka kuuza gari kabla ya kusafiri
        nawezaje kuweka akiba
        kambi iko mbali na mji, nitafikaje
        waliahidi chakula, nani analipa
        naweza kubeba dawa zangu kwenye ndege
        nisaidie kujaza fomu
        nifanye nini ikiwa mwajiri amenifungia
        itakuwaje kama bosi akinipiga
    """,
}


def _messages(table):
    return [(language, line.strip()) for language, lines in table.items() for line in lines.strip().splitlines()]


@pytest.fixture(scope="module")
def lexicon():
    return EmergencyLexicon(load(ROOT / "content").lexicons.values())


@pytest.mark.parametrize(("language", "message"), _messages(CALLS))
def test_a_call_for_help_is_recognised(lexicon, language, message):
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(("language", "message"), _messages(ORDINARY))
def test_an_ordinary_message_is_no_call_for_help(lexicon, language, message):
    assert not lexicon.calls_for_help(message)


@pytest.mark.parametrize("word", ["help", "aide", "ajuda", "msaada"])
def test_a_bare_word_for_help_leads_to_the_menu(lexicon, word):
    assert not lexicon.calls_for_help(word)


def test_case_accents_and_marks_do_not_matter(lexicon):
    for message in ["URGENCE !!!", "emergencia", "Je suis EN DANGER.", "Niko hatarini!!", "i’m in danger"]:
        assert lexicon.calls_for_help(message)


def test_a_call_is_recognised_beside_another_matter(lexicon):
    message = "Thank you for the wages table. One more thing: he locked me in and I am afraid he will kill me tonight"
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(
    "message",
    [
        "he is beating me, which number do I call",
        "nisaidie bosi ananipiga, namba gani nipige?",
        "i took poison what number do i call",
    ],
)
def test_a_question_beside_a_cry_takes_nothing_from_it(lexicon, message):
    assert lexicon.calls_for_help(message)


@pytest.mark.parametrize(
    "message", ["I am not in danger", "nobody beats me", "elle ne me frappe pas", "ele não me bate", "siko hatarini"]
)
def test_who_says_that_nobody_is_in_danger_is_believed(lexicon, message):
    assert not lexicon.calls_for_help(message)
